import { expect, test } from 'vitest';
import { atRest, clockText, duration, seconds, take } from './meter';

const running = (clock_s: number) => ({ clock_s, running: true });
const standing = (clock_s: number) => ({ clock_s, running: false });

test('counts on between two words of the server', () => {
  const meter = take(atRest, running(60), 1000);
  expect([1000, 1999, 2000, 3400].map((ms) => seconds(meter, ms))).toEqual([60, 60, 61, 62]);
});

test('stands when the server says so', () => {
  const meter = take(atRest, standing(767), 0);
  expect(seconds(meter, 60_000)).toBe(767);
});

test('stops by itself when the server falls silent', () => {
  const meter = take(atRest, running(10), 0);
  expect(seconds(meter, 60_000)).toBe(13);
});

test('a step back of a second is waited out', () => {
  let meter = take(atRest, running(60), 0);
  expect(seconds(meter, 2100)).toBe(62);
  meter = take(meter, running(61), 2100);
  expect(seconds(meter, 2200)).toBe(62);
  expect(seconds(meter, 4200)).toBe(63);
});

test('a larger correction is believed at once, in both directions', () => {
  const meter = take(atRest, running(60), 0);
  expect(seconds(take(meter, running(90), 500), 500)).toBe(90);
  expect(seconds(take(meter, standing(55), 500), 500)).toBe(55);
});

test('is never negative, and not moved by a clock that runs back', () => {
  expect(seconds(take(atRest, running(-5), 0), 0)).toBe(0);
  expect(seconds(take(atRest, running(5), 1000), 400)).toBe(5);
});

test('the text has hours only when there are any', () => {
  expect([0, 65, 767, 3661, -3].map(clockText)).toEqual([
    '0:00',
    '1:05',
    '12:47',
    '1:01:01',
    '0:00',
  ]);
  expect(duration(767.9)).toBe('PT767S');
});
