import { render } from 'lit';
import { expect, test } from 'vitest';
import { fileList, sizeText } from './file-list';
import type { FileNow } from './protocol';
import type { Uploads } from './uploads';

const plain: FileNow = {
  from: 'client',
  id: 'f',
  name: 'a.pdf',
  size: 2_400_000,
  sha256: '',
  have: 0,
  state: 'offered',
  accepted: false,
};

function shown(file: Partial<FileNow>, me: 'host' | 'client'): string {
  const found = document.createElement('div');
  const uploads = { list: [] } as unknown as Uploads;
  render(fileList([{ ...plain, ...file }], me, uploads, '/files'), found);
  const links = [...found.querySelectorAll('a')].map((one) => one.getAttribute('href'));
  return [found.textContent?.replace(/\s+/g, ' ').trim(), ...links].join(' ');
}

test('sizes as people say them', () => {
  expect(sizeText(12, 'en')).toBe('12 byte');
  expect(sizeText(2_400_000, 'ru')).toMatch(/^2,4.МБ$/);
  expect(sizeText(5_000_000_000, 'en')).toBe('5,000 MB');
});

test('only what was accepted and came whole can be saved', () => {
  expect(shown({ state: 'whole' }, 'host')).toMatch(/Accept Decline$/);
  expect(shown({ accepted: true, have: 1_200_000 }, 'host')).toMatch(/Coming, 50 %$/);
  expect(shown({ state: 'whole', accepted: true }, 'host')).toMatch(/Save \/files\/f$/);
});

test('who gives sees how it stands, and may take it back until it is accepted', () => {
  expect(shown({}, 'client')).toMatch(/Not all was sent. Choose it again Cancel$/);
  expect(shown({ state: 'whole' }, 'client')).toMatch(/Waiting for an answer Cancel$/);
  expect(shown({ state: 'whole', accepted: true }, 'client')).toMatch(/Accepted$/);
  expect(shown({ state: 'declined' }, 'client')).toMatch(/Declined$/);
});
