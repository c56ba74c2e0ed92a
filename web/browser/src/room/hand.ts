/** What a pointer, a finger or the keyboard draws on the picture while a tool is in hand. */
import type { Point } from './picture';
import { PLACE_MAX, POINTS_MAX, type Shape } from './protocol';

export type Tool = 'point' | Shape;

export interface Draft {
  readonly shape: Shape;
  readonly points: readonly Point[];
}

export interface HandOptions {
  readonly tool: () => Tool | null;
  /** The place under the event; null beside the picture. */
  readonly place: (event: PointerEvent) => Point | null;
  readonly point: (at: Point | null) => void;
  readonly draw: (draft: Draft) => void;
  readonly changed: () => void;
}

const STEP = PLACE_MAX / 100;
const LEAP = PLACE_MAX / 20;
/** An arrow or a box shorter than this each way was only a click. */
const LEAST = PLACE_MAX / 150;
const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The draft with one point more: the pen goes on, the other shapes only move their second end. */
export function extended({ shape, points }: Draft, at: Point): Draft {
  if (shape !== 'pen') return { shape, points: [points[0] ?? at, at] };
  return { shape, points: thinned([...points, at]) };
}

/** Every second point goes when there are too many; both ends stay. */
export function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= POINTS_MAX) return points;
  return points.filter((_, n) => n % 2 === 0 || n === points.length - 1);
}

/** Whether it is worth keeping. */
export function isDrawn({ shape, points }: Draft): boolean {
  const [from, to] = points;
  if (shape === 'pen') return from !== undefined;
  if (!from || !to) return false;
  return Math.max(Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])) >= LEAST;
}

export class Hand {
  draft: Draft | null = null;
  /** Where the keyboard points; null until it does. */
  cursor: Point | null = null;

  constructor(private readonly options: HandOptions) {}

  down = (event: PointerEvent): void => {
    if (!event.isPrimary) return this.drop();
    const [tool, at] = [this.options.tool(), this.options.place(event)];
    if (!tool || !at || event.button !== 0) return;
    this.options.point(at);
    if (tool === 'point') return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#begin(tool, at);
  };

  move = (event: PointerEvent): void => {
    if (!this.options.tool() || !event.isPrimary) return;
    const at = this.options.place(event);
    this.options.point(at);
    this.cursor = null;
    if (at && this.draft) this.#go(at);
  };

  up = (event: PointerEvent): void => {
    if (event.isPrimary) this.#finish();
    if (event.pointerType !== 'mouse') this.options.point(null);
  };

  leave = (): void => {
    if (this.options.tool() && !this.draft) this.options.point(null);
  };

  /** What was begun is not drawn. */
  drop = (): void => {
    this.draft = null;
    this.options.changed();
  };

  /** Arrows move, Enter and the space bar begin and end a shape, Escape gives it up. */
  key(event: KeyboardEvent): boolean {
    const [tool, way] = [this.options.tool(), ARROWS[event.key]];
    if (!tool) return false;
    if (way) return this.#step(way, event.shiftKey ? LEAP : STEP);
    if (event.key === 'Escape' && this.draft) return (this.drop(), true);
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    if (this.draft) this.#finish();
    else if (tool !== 'point') this.#begin(tool, this.#at());
    return true;
  }

  #at(): Point {
    return this.cursor ?? [PLACE_MAX / 2, PLACE_MAX / 2];
  }

  #step([x, y]: Point, far: number): boolean {
    const within = (n: number) => Math.min(PLACE_MAX, Math.max(0, n));
    const [fromX, fromY] = this.#at();
    this.cursor = [within(fromX + x * far), within(fromY + y * far)];
    this.options.point(this.cursor);
    if (this.draft) this.draft = extended(this.draft, this.cursor);
    this.options.changed();
    return true;
  }

  #begin(shape: Shape, at: Point): void {
    this.draft = { shape, points: [at] };
    this.options.changed();
  }

  #go(at: Point): void {
    if (this.draft) this.draft = extended(this.draft, at);
    this.options.changed();
  }

  #finish(): void {
    const drawn = this.draft;
    this.draft = null;
    if (drawn && isDrawn(drawn)) this.options.draw(drawn);
    this.options.changed();
  }
}
