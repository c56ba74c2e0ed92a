import { expect, test } from 'vitest';
import type { Signer } from './protocol';
import { cells, summary } from './strip';

const strip = (...states: string[]) => states.map((state, i) => ({ n: i + 1, state }));

test('newest minutes stay when the strip is narrow', () => {
  expect(cells(strip('free', 'billed', 'billed'), 2).map(({ n }) => n)).toEqual([2, 3]);
});

test('each minute says what it was', () => {
  const [first, second] = cells(strip('billed', 'absent'), 9);
  expect(first?.label).toBe('Minute 1: billed');
  expect(second?.shape).toBe('absent');
});

test('an unknown state is never shown as billed', () => {
  expect(cells(strip('new_word'), 9)[0]?.shape).toBe('absent');
});

test('hours are marked', () => {
  const marks = cells(strip(...Array.from({ length: 61 }, () => 'billed')), 90);
  expect(marks.filter(({ hour }) => hour).map(({ n }) => n)).toEqual([61]);
});

test('the summary counts what was billed', () => {
  expect(summary(strip('free', 'billed', 'paused'))).toBe('Minutes: 3, billed: 1');
});

test('a foot and a word say that both have signed, where both are asked to', () => {
  const signers: Signer[] = (['host', 'client'] as const).map((leg) => ({
    leg,
    stand: 'signs',
    late: false,
  }));
  const all = [['host', 'client'], ['host'], []].map((signed, i) => ({
    n: i + 1,
    state: 'billed',
    signed,
  }));
  expect(cells(all, 9, signers).map(({ signed }) => signed)).toEqual([true, false, false]);
  const labels = cells(all, 9, signers).map(({ label }) => label);
  expect(labels.slice(0, 2)).toEqual([
    'Minute 1: billed, signed by both sides',
    'Minute 2: billed, not signed by both sides',
  ]);
  expect(cells(all, 9).some(({ signed }) => signed)).toBe(false);
});
