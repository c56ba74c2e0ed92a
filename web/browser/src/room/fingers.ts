/** Pinch and drag over the stage, for any number of pointers of which two count. */
import { pan, zoom, type View } from './zoom';

interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

export class Fingers {
  #points = new Map<number, Point>();

  constructor(
    private readonly get: () => View,
    private readonly set: (view: View) => void,
    /** Whether one finger moves the picture: not while it draws. */
    private readonly drags: () => boolean = () => true,
  ) {}

  /** Fractions of the element, from its centre. */
  place({ clientX, clientY }: Point, over: Element): [number, number] {
    const { left, top, width, height } = over.getBoundingClientRect();
    return [(clientX - left) / (width || 1) - 0.5, (clientY - top) / (height || 1) - 0.5];
  }

  down = (event: PointerEvent): void => {
    this.#points.set(event.pointerId, event);
    if (this.get().scale > 1) (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };

  move = (event: PointerEvent): void => {
    const before = this.#points.get(event.pointerId);
    if (!before) return;
    const over = event.currentTarget as Element;
    const other = [...this.#points].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(before, event, other, over);
    else if (this.get().scale > 1 && this.drags()) {
      const [fromX, fromY] = this.place(before, over);
      const [toX, toY] = this.place(event, over);
      this.set(pan(this.get(), toX - fromX, toY - fromY));
    }
    this.#points.set(event.pointerId, event);
  };

  up = (event: PointerEvent): void => {
    this.#points.delete(event.pointerId);
  };

  #pinch(before: Point, after: Point, other: Point, over: Element): void {
    const far = (a: Point) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY) || 1;
    const [x, y] = this.place(
      {
        clientX: (after.clientX + other.clientX) / 2,
        clientY: (after.clientY + other.clientY) / 2,
      },
      over,
    );
    this.set(zoom(this.get(), far(after) / far(before), x, y));
  }
}
