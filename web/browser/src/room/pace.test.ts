import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from './pace';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('the first at once, then the newest of each span, and silence after that', () => {
  const said: number[] = [];
  const pace = new Pace<number>(50, (value) => said.push(value));
  for (let n = 0; n < 10; n++) pace.put(n);
  expect(said).toEqual([0]);
  vi.advanceTimersByTime(50);
  expect(said).toEqual([0, 9]);
  vi.advanceTimersByTime(500);
  pace.put(10);
  expect(said).toEqual([0, 9, 10]);
});
