// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { extended, Hand, isDrawn, thinned, type Draft, type Tool } from './hand';
import type { Point } from './picture';
import { POINTS_MAX } from './protocol';

let tool: Tool | null;
let pointed: (Point | null)[];
let drawn: Draft[];
let hand: Hand;

beforeEach(() => {
  tool = 'arrow';
  pointed = [];
  drawn = [];
  hand = new Hand({
    tool: () => tool,
    place: ({ clientX, clientY }) => [clientX, clientY],
    point: (at) => pointed.push(at),
    draw: (draft) => drawn.push(draft),
    changed: () => undefined,
  });
});

function pointer(x: number, y: number, more: object = {}): PointerEvent {
  const currentTarget = { setPointerCapture: () => undefined };
  const event = { clientX: x, clientY: y, isPrimary: true, button: 0, pointerType: 'mouse' };
  return { ...event, currentTarget, ...more } as unknown as PointerEvent;
}

const key = (name: string, shiftKey = false) =>
  hand.key({ key: name, shiftKey } as unknown as KeyboardEvent);

test('an arrow is its two ends, and the pointer is shown on the way', () => {
  hand.down(pointer(100, 100));
  hand.move(pointer(500, 500));
  hand.move(pointer(900, 300));
  hand.up(pointer(900, 300));
  expect(drawn).toEqual([{ shape: 'arrow', points: [[100, 100], [900, 300]] }]); // prettier-ignore
  expect(pointed.at(-1)).toEqual([900, 300]);
});

test('a click draws neither an arrow nor a box, but the pen leaves a dot', () => {
  for (tool of ['arrow', 'box', 'pen'] as const) {
    hand.down(pointer(5, 5));
    hand.up(pointer(5, 5));
  }
  expect(drawn.map(({ shape }) => shape)).toEqual(['pen']);
});

test('a second finger gives the shape up, and a lifted finger points nowhere', () => {
  hand.down(pointer(0, 0, { pointerType: 'touch' }));
  hand.down(pointer(900, 900, { isPrimary: false, pointerType: 'touch' }));
  hand.up(pointer(900, 900, { pointerType: 'touch' }));
  expect(drawn).toEqual([]);
  expect(pointed.at(-1)).toBeNull();
});

test('without a tool nothing is shown or drawn', () => {
  tool = null;
  hand.down(pointer(0, 0));
  hand.move(pointer(900, 900));
  expect([pointed, key('ArrowLeft')]).toEqual([[], false]);
});

test('the keyboard points, and draws from Enter to Enter', () => {
  key('ArrowLeft');
  expect(pointed).toEqual([[4900, 5000]]);
  key('Enter');
  key('ArrowDown', true);
  key(' ');
  expect(drawn).toEqual([{ shape: 'arrow', points: [[4900, 5000], [4900, 5500]] }]); // prettier-ignore
  key('Enter');
  expect(key('Escape')).toBe(true);
  expect([hand.draft, key('Escape')]).toEqual([null, false]);
});

test('the longest line fits into a message and keeps both its ends', () => {
  let draft: Draft = { shape: 'pen', points: [[0, 0]] };
  for (let n = 1; n <= 1000; n++) draft = extended(draft, [n, n]);
  expect(draft.points.length).toBeLessThanOrEqual(POINTS_MAX);
  expect([draft.points[0], draft.points.at(-1)]).toEqual([[0, 0], [1000, 1000]]); // prettier-ignore
  expect(thinned([[1, 1]])).toEqual([[1, 1]]);
  expect(isDrawn(draft)).toBe(true);
});
