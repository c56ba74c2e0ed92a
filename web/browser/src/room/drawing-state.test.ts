import { expect, test } from 'vitest';
import { BLANK, redrawn, type Drawing } from './drawing-state';
import type { ServerMessage } from './protocol';

const told = (drawing: Drawing, message: object): Drawing =>
  redrawn(drawing, { seq: 1, ...message } as ServerMessage);
const mark = (id: string, source = 's') => {
  return { from: 'host', id, source, shape: 'pen', points: [[0, 0]], color: 0 };
};
const ids = ({ marks }: Drawing) => marks.map(({ id }) => id);
const pointer = { type: 'pointer', from: 'host', source: 's', x: 1, y: 2, hidden: false };

test('marks come, are replaced by their id, and go one by one or all', () => {
  let drawing = BLANK;
  for (const id of ['a', 'b', 'a']) drawing = told(drawing, { type: 'mark', ...mark(id) });
  expect(ids(drawing)).toEqual(['b', 'a']);
  drawing = told(drawing, { type: 'mark_clear', from: null, id: 'b' });
  expect(ids(drawing)).toEqual(['a']);
  expect(ids(told(drawing, { type: 'mark_clear', from: 'host', id: null }))).toEqual([]);
});

test('a welcome brings all the marks there are', () => {
  const drawing = told(BLANK, { type: 'mark', ...mark('old') });
  const session = { marks: [mark('new')] };
  expect(ids(told(drawing, { type: 'welcome', session }))).toEqual(['new']);
  expect(ids(told(drawing, { type: 'welcome', session: {} }))).toEqual([]);
});

test('what the server refused is not shown any longer', () => {
  const drawing = told(BLANK, { type: 'mark', ...mark('a') });
  expect(ids(told(drawing, { type: 'error', reply_to: 'a' }))).toEqual([]);
  expect(told(drawing, { type: 'error', reply_to: 'chat' })).toBe(drawing);
});

test('a pointer is where it was last, until it is hidden or its owner is away', () => {
  const drawing = told(told(BLANK, pointer), { ...pointer, x: 9 });
  expect(drawing.pointers.host?.x).toBe(9);
  expect(told(drawing, { ...pointer, hidden: true }).pointers).toEqual({});
  expect(told(drawing, { type: 'state', peer: { online: false } }).pointers).toEqual({});
  expect(told(drawing, { type: 'state', peer: { online: true } })).toBe(drawing);
});

test('a screen takes with it what was drawn on it', () => {
  let drawing = told(told(BLANK, { type: 'mark', ...mark('a') }), pointer);
  drawing = told(drawing, { type: 'mark', ...mark('b', 'other') });
  drawing = told(drawing, { type: 'source', event: 'removed', source: { id: 's' } });
  expect([ids(drawing), drawing.pointers]).toEqual([['b'], {}]);
});
