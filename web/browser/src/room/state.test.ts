import { expect, test } from 'vitest';
import { seconds } from './meter';
import type { ServerMessage } from './protocol';
import { fresh, reduce, type RoomState } from './state';

const peer = { name: 'Anna', joined: true, online: true };
const told = (state: RoomState, message: object, nowMs = 0): RoomState =>
  reduce(state, { type: 'server', message: { seq: 1, ...message } as ServerMessage, nowMs });
const meter = (clock_s: number, more: object = {}) => ({
  type: 'meter',
  running: true,
  clock_s,
  minutes_left: 9,
  ends_in_s: null,
  strip: [],
  ...more,
});

test('the phase is what the server says, and is dated by its entry', () => {
  const change = { type: 'state', cause: null, by: null, pressed: ['host'], peer };
  let state = told(fresh('host'), { ...change, state: 'together', at: '1' });
  state = told(state, { ...change, state: 'together', at: '2' });
  expect([state.phase, state.since, state.pressed]).toEqual(['together', '1', ['host']]);
  state = told(state, { ...change, state: 'live', at: '3' });
  expect([state.phase, state.since]).toEqual(['live', '3']);
});

test('chat is kept by id: repeats and confirmations change one line', () => {
  const line = { id: 'a', from: 'host', text: 'hi', at: '' } as const;
  let state = reduce(fresh('host'), { type: 'typed', line: { ...line, pending: true } });
  expect(state.chat).toEqual([{ ...line, pending: true }]);
  state = told(state, { type: 'chat', ...line, at: '14:07' });
  state = told(state, { type: 'chat', ...line, at: '14:07' });
  expect(state.chat).toHaveLength(1);
  expect(state.chat[0]?.pending).toBeUndefined();
});

test('the clock runs from the reading', () => {
  const state = told(fresh(), meter(60), 1000);
  expect(seconds(state.clock, 2500)).toBe(61);
});

test('a warning goes away when money comes', () => {
  let state = told(fresh(), { type: 'warning', minutes_left: 5, can_top_up: true });
  state = told(state, meter(60, { minutes_left: 5 }));
  expect(state.warning?.minutesLeft).toBe(5);
  state = told(state, meter(61, { minutes_left: 40 }));
  expect(state.warning).toBeNull();
});

test('the end of the credit is a moment on the own clock', () => {
  const state = told(fresh(), meter(60, { ends_in_s: 20 }), 5000);
  expect(state.endsAtMs).toBe(25_000);
});

test("only the other side's claims are kept, and null leaves them", () => {
  let state = told(fresh('host'), { type: 'media', participant: 'host', screen: 'live' });
  expect(state.peerMedia.screen).toBeNull();
  const claim = { type: 'media', participant: 'client', mic: null, surface: null };
  state = told(state, { ...claim, screen: 'live', surface: 'window' });
  state = told(state, { ...claim, screen: null, mic: 'muted' });
  expect(state.peerMedia).toEqual({ screen: 'live', surface: 'window', mic: 'muted' });
});

test('a refusal that needs no server is shown as one of the server until it is read', () => {
  const refused = { type: 'refused', code: 'pause_forbidden', text: 'Only the client' } as const;
  const state = reduce(fresh('host'), refused);
  expect(state.error).toEqual({ code: 'pause_forbidden', text: 'Only the client' });
  expect(reduce(state, { type: 'error_read' }).error).toBeNull();
});

test('a way is dated by its message, and a welcome forgets what it does not repeat', () => {
  let state = told(fresh('host'), { type: 'path', participant: 'client', state: 'lost' }, 700);
  expect(state.paths).toEqual({ client: { state: 'lost', was: 'good', sinceMs: 700 } });
  const session = { peer_name: 'Anna', chat: [], sources: [], pressed: [] };
  state = told(state, { type: 'welcome', participant: 'host', session });
  expect(state.paths).toEqual({});
});
