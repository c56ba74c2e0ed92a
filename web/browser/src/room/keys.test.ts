import { afterEach, expect, test } from 'vitest';
import { keysOn, switchKeys } from './keys';

afterEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});

test('keys are as the account has them until the room is told otherwise', () => {
  expect(keysOn()).toBe(true);
  document.body.innerHTML = '<session-room data-keys="off"></session-room>';
  expect(keysOn()).toBe(false);
  switchKeys(true);
  expect(keysOn()).toBe(true);
});

test('a device may switch them off by itself', () => {
  switchKeys(false);
  expect(keysOn()).toBe(false);
});
