import { afterEach, expect, test } from 'vitest';
import { _, ngettext, speak } from './words';

afterEach(() => {
  speak({});
  document.documentElement.lang = '';
});

test('an unknown text speaks its source', () => {
  speak({});
  expect(_('Hello, {name}', { name: 'Anna' })).toBe('Hello, Anna');
});

test('Russian has three forms', () => {
  document.documentElement.lang = 'ru';
  speak({ '{n} minute': ['{n} минута', '{n} минуты', '{n} минут'] });
  const minutes = (n: number) => ngettext('{n} minute', '{n} minutes', n);
  expect([1, 2, 5, 11, 21, 0].map(minutes)).toEqual([
    '1 минута',
    '2 минуты',
    '5 минут',
    '11 минут',
    '21 минута',
    '0 минут',
  ]);
});

test('English has two', () => {
  document.documentElement.lang = 'en';
  speak({});
  expect(ngettext('{n} minute', '{n} minutes', 1)).toBe('1 minute');
  expect(ngettext('{n} minute', '{n} minutes', 4)).toBe('4 minutes');
});
