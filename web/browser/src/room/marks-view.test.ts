import { expect, test } from 'vitest';
import { pathOf } from './marks-view';

test('shapes as paths', () => {
  expect(pathOf('box', [[1, 2], [30, 40]])).toBe('M1 2H30V40H1Z'); // prettier-ignore
  expect(pathOf('pen', [[1, 2]])).toBe('M1 2h0');
  expect(pathOf('pen', [[1, 2], [3, 4]])).toBe('M1 2L3 4h0'); // prettier-ignore
  expect(pathOf('arrow', [[0, 0], [100, 0]])).toMatch(/^M0 0L100 0M83\.8 -?7\.8L100 0L83\.8 -?7\.8$/); // prettier-ignore
  expect(pathOf('arrow', [[5, 5]])).toBe('M5 5h0');
  expect(pathOf('box', [])).toBe('');
});
