import { expect, test } from 'vitest';
import { frameOf, isOn, pixelAt, placeAt } from './picture';
import { WHOLE } from './zoom';

const stage = { width: 400, height: 400 };
const wide = { width: 1600, height: 800 };

test('the bars above and below are not the picture', () => {
  const frame = frameOf(stage, wide, WHOLE)!;
  expect(frame).toEqual({ left: 0, top: 100, width: 400, height: 200 });
  expect(placeAt(frame, 200, 200)).toEqual([5000, 5000]);
  expect(placeAt(frame, -5, 0)).toEqual([0, 0]);
  expect([isOn(frame, 10, 99), isOn(frame, 10, 101)]).toEqual([false, true]);
});

test('a place looked at closer is the same place', () => {
  const view = { scale: 2, x: 0.25, y: -0.1 };
  const frame = frameOf(stage, wide, view)!;
  expect(frame).toEqual({ left: -100, top: -40, width: 800, height: 400 });
  for (const place of [
    [0, 0],
    [1234, 9876],
    [10_000, 10_000],
  ] as [number, number][]) {
    const [x, y] = pixelAt(frame, place);
    const [across, down] = placeAt(frame, x, y);
    expect(Math.abs(across - place[0])).toBeLessThan(3);
    expect(Math.abs(down - place[1])).toBeLessThan(3);
  }
});

test('before the first frame there is no place', () => {
  expect(frameOf(stage, { width: 0, height: 0 }, WHOLE)).toBeNull();
});
