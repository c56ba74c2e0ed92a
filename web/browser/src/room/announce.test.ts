import { expect, test } from 'vitest';
import { announcement } from './announce';
import { fresh, type RoomState } from './state';

const peer = { name: 'Anna', joined: true, online: true };
const at = (phase: RoomState['phase'], more: Partial<RoomState> = {}): RoomState => ({
  ...fresh('host'),
  phase,
  peer,
  ...more,
});

test('start, pause, back and the end are said, a tick is not', () => {
  expect(announcement(at('together'), at('live'))?.text).toBe('The meter has started');
  expect(announcement(at('live'), at('paused', { cause: 'no_media' }))?.urgent).toBe(false);
  expect(announcement(at('paused'), at('live'))?.text).toBe('The meter runs again');
  expect(announcement(at('live'), at('ended'))).toEqual({ text: 'Session ended', urgent: true });
  expect(announcement(at('live'), at('live', { strip: [{ n: 1, state: 'billed' }] }))).toBeNull();
});

test('each warning once, the last minute as an alert', () => {
  const warned = (minutesLeft: number) => at('live', { warning: { minutesLeft, canTopUp: true } });
  expect(announcement(at('live'), warned(5))?.urgent).toBe(false);
  expect(announcement(warned(5), warned(5))).toBeNull();
  expect(announcement(warned(2), warned(1))?.urgent).toBe(true);
});

test('what is found on entering is seen, not announced', () => {
  expect(announcement(at('connecting'), at('live'))).toBeNull();
});

test('who came and what they show', () => {
  const shows = (screen: 'live' | 'ended' | null) =>
    at('live', { peerMedia: { screen, mic: null, surface: null } });
  const alone = at('waiting', { peer: { name: null, joined: false, online: false } });
  expect(announcement(alone, at('waiting'))?.text).toBe('Anna has come in');
  expect(announcement(shows(null), shows('live'))?.text).toBe('Anna shows the screen');
  expect(announcement(shows('live'), shows('ended'))?.text).toBe('Anna stopped showing');
});
