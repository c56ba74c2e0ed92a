import { expect, test } from 'vitest';
import { Speech } from './hearing';

test('three seconds of speech with breaths between the words', () => {
  const speech = new Speech();
  for (let ms = 0; ms <= 3000; ms += 1000) speech.hear(0.3, ms);
  expect(speech.lasts(3000)).toBe(true);
  expect(speech.speaks(5000)).toBe(false);
});

test('a cough is not speech, and silence starts the count again', () => {
  const speech = new Speech();
  speech.hear(0.5, 0);
  speech.hear(0.001, 1000);
  speech.hear(0.5, 4000);
  expect([speech.speaks(4100), speech.lasts(4100)]).toEqual([true, false]);
});
