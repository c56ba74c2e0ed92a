import { expect, test } from 'vitest';
import { codecNamed, preferred } from './codecs';

const all = ['VP8', 'rtx', 'H264', 'AV1', 'VP9', 'red', 'ulpfec'].map((name) => ({
  mimeType: `video/${name}`,
}));
const names = (codecs: { mimeType: string }[]) => codecs.map((codec) => codec.mimeType.slice(6));

test('VP9, then VP8, helpers at the end', () => {
  expect(names(preferred(all, null))).toEqual([
    'VP9',
    'VP8',
    'H264',
    'AV1',
    'rtx',
    'red',
    'ulpfec',
  ]);
});

test('one codec only, when a test asks for it', () => {
  expect(names(preferred(all, 'VP8'))).toEqual(['VP8', 'rtx', 'red', 'ulpfec']);
});

test('a codec that the browser lacks is not insisted on', () => {
  const few = all.filter((codec) => codec.mimeType !== 'video/AV1');
  expect(names(preferred(few, 'AV1'))).toHaveLength(few.length);
  expect(codecNamed('vp8')).toBe('VP8');
  expect(codecNamed('mpeg')).toBeNull();
});
