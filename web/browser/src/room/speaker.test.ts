import { nothing } from 'lit';
import { afterEach, expect, test, vi } from 'vitest';
import { Speaker } from './speaker';

afterEach(() => vi.unstubAllGlobals());

/** Players whose `play` ends so, one after another; '' is played. */
function players(...ends: string[]): void {
  const left = [...ends];
  class FakeAudio {
    autoplay = false;
    srcObject: unknown = null;
    async play(): Promise<void> {
      const name = left.shift();
      if (name) throw new DOMException('', name);
    }
  }
  vi.stubGlobal('Audio', FakeAudio);
}

async function heard(...ends: string[]): Promise<Speaker> {
  players(...ends);
  const speaker = new Speaker(() => undefined);
  speaker.play(ends.map(() => ({}) as MediaStream));
  await new Promise((resolve) => setTimeout(resolve));
  return speaker;
}

test('a refusal is worth a button, also behind a voice that was replaced while it started', async () => {
  expect((await heard('NotAllowedError')).button()).not.toBe(nothing);
  expect((await heard('AbortError', 'NotAllowedError')).button()).not.toBe(nothing);
});

test('a voice that plays, or was only replaced, is worth none', async () => {
  expect((await heard('', '')).button()).toBe(nothing);
  expect((await heard('AbortError', '')).button()).toBe(nothing);
});
