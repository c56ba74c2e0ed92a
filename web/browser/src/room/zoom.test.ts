import { expect, test } from 'vitest';
import { pan, percent, WHOLE, zoom, zoomKey } from './zoom';

test('between 100 and 400 %', () => {
  expect(zoom(WHOLE, 0.1).scale).toBe(1);
  expect(zoom(WHOLE, 100).scale).toBe(4);
  expect(percent(zoom(WHOLE, 1.25))).toBe('125\u00a0%');
});

test('the point under the finger stays', () => {
  const view = zoom(WHOLE, 2, 0.25, 0);
  expect(view).toEqual({ scale: 2, x: -0.25, y: 0 });
});

test('the picture never leaves the stage', () => {
  expect(pan(WHOLE, 5, 5)).toEqual(WHOLE);
  expect(pan({ scale: 3, x: 0, y: 0 }, 5, -5)).toEqual({ scale: 3, x: 1, y: -1 });
});

test('keys', () => {
  const near = zoomKey(WHOLE, '+');
  expect(near?.scale).toBe(1.25);
  expect(zoomKey(near ?? WHOLE, '0')).toEqual(WHOLE);
  expect(zoomKey(WHOLE, 'x')).toBeNull();
});
