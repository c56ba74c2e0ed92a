import { expect, test } from 'vitest';
import { Hush, HUSH_MS, Sleep, SLEPT_MS } from './wake';

test('a sleep is told once, by its length; a busy page does not sleep', () => {
  const sleep = new Sleep();
  expect(sleep.look(5_000_000)).toBe(0);
  expect(sleep.look(5_000_250)).toBe(0);
  expect(sleep.look(5_000_250 + SLEPT_MS - 1)).toBe(0);
  expect(sleep.look(5_072_250)).toBe(62_001);
  expect(sleep.look(5_072_500)).toBe(0);
});

test('a clock that is set back is no sleep', () => {
  const sleep = new Sleep();
  sleep.look(5_000_000);
  expect(sleep.look(4_000_000)).toBe(0);
  expect(sleep.look(4_000_250)).toBe(0);
});

test('voices that cease are noticed once, and again after they came back', () => {
  const hush = new Hush();
  expect(hush.look(0, 0)).toBe(false);
  expect(hush.look(0, 10 * HUSH_MS)).toBe(false);
  expect(hush.look(7, 20_000)).toBe(false);
  expect(hush.look(7, 20_000 + HUSH_MS - 1)).toBe(false);
  expect(hush.look(0, 20_000 + HUSH_MS)).toBe(true);
  expect(hush.look(7, 30_000)).toBe(false);
  expect(hush.look(8, 31_000)).toBe(false);
  expect(hush.look(8, 31_000 + HUSH_MS)).toBe(true);
});
