import { expect, test } from 'vitest';
import { colorOf } from './marks-view';
import {
  callWords,
  companyNews,
  listWords,
  nameOf,
  onStage,
  OWN,
  screens,
  unanswered,
} from './company';
import { peerOf } from './seats';
import type { Company, Present, Seat, ServerMessage, Source } from './protocol';
import { fresh, reduce, type RoomState } from './state';

const told = (state: RoomState, message: object): RoomState =>
  reduce(state, { type: 'server', message: { seq: 1, ...message } as ServerMessage, nowMs: 0 });
const ivan: Present = { seat: 'host', part: 'host', name: 'Ivan', state: 'in' };
const anna: Present = { seat: 'client', part: 'client', name: 'Anna', state: 'in' };
const maria: Present = { seat: 'colleague-1', part: 'colleague', name: 'Maria', state: 'called' };
const roster = (event: Company['event'], ...more: Present[]) => ({
  type: 'company',
  event,
  seat: 'colleague-1',
  name: 'Maria',
  present: [ivan, anna, ...more],
});
const screen = (owner: Seat): Source => ({ id: `${owner}-video-0`, owner, kind: 'video' });

test('only the client is asked, and reads who comes and that the price stays', () => {
  const asked = { ...maria, asked: true };
  const client = told(fresh('client'), roster('called', asked));
  expect(unanswered(client)).toEqual(asked);
  expect(callWords(client, asked)).toBe('Ivan calls in Maria. Same price, one meter');
  expect(unanswered(told(fresh('host'), roster('called', asked)))).toBeNull();
  expect(unanswered(told(client, roster('agreed', maria)))).toBeNull();
});

test('what happens is said once, and not to whom it happens', () => {
  const before = told(fresh('host'), roster('called', maria));
  const after = told(before, roster('entered', { ...maria, state: 'in' }));
  expect(companyNews(before, after)).toBe('Maria has come in');
  expect(companyNews(after, after)).toBeNull();
  const own = told(fresh('colleague-1'), roster('entered', { ...maria, state: 'in' }));
  expect(companyNews(fresh('colleague-1'), own)).toBeNull();
});

test('a second call is told by its own name while the first waits for an answer', () => {
  const asked = { ...maria, asked: true };
  const petr: Present = { ...asked, seat: 'colleague-2', name: 'Petr' };
  const before = told(fresh('client'), roster('called', asked));
  const second = { ...roster('called', asked, petr), seat: 'colleague-2', name: 'Petr' };
  const words = 'Ivan calls in Petr. Same price, one meter';
  expect(companyNews(before, told(before, second))).toBe(words);
});

test('the list tells who is here and who is only called', () => {
  const state = told(fresh('client'), roster(null, maria));
  expect(listWords(state)).toBe('Ivan, You, Maria (is called)');
  expect(listWords(fresh())).toBe('');
  expect(nameOf(state, 'colleague-1')).toBe('Maria');
  expect(nameOf(state, 'client')).toBe('');
});

test('whoever was called in has the client in front of them', () => {
  expect([peerOf('host'), peerOf('client'), peerOf('colleague-2')]).toEqual([
    'client',
    'host',
    'client',
  ]);
});

test('the stage has the client first, and whatever was chosen while it is shown', () => {
  const sources = [screen('colleague-1'), screen('client')];
  const host: RoomState = { ...fresh('host'), sources };
  expect(screens(host).map(({ owner }) => owner)).toEqual(['client', 'colleague-1']);
  expect(onStage(host, false, null)).toEqual(screen('client'));
  expect(onStage(host, true, null)).toEqual(screen('client'));
  expect(onStage(host, true, OWN)).toBe(OWN);
  expect(onStage(host, false, 'colleague-1-video-0')).toEqual(screen('colleague-1'));
  const gone = { type: 'media', participant: 'colleague-1', screen: 'ended', mic: null };
  expect(onStage(told(host, gone), false, 'colleague-1-video-0')).toEqual(screen('client'));
  const client: RoomState = { ...fresh('client'), sources };
  expect(onStage(client, true, null)).toBe(OWN);
  expect(onStage(client, true, 'colleague-1-video-0')).toEqual(screen('colleague-1'));
});

test('a colleague who ends showing changes nothing of the other side', () => {
  const live = { screen: 'live', mic: null, surface: null } as const;
  const state: RoomState = { ...fresh('host'), peerMedia: live };
  const ended = { type: 'media', participant: 'colleague-1', screen: 'ended', mic: null };
  expect(told(state, ended).peerMedia).toEqual(live);
});

test('everybody draws in a colour of their own', () => {
  const seats: Seat[] = ['host', 'client', 'colleague-1', 'colleague-2', 'colleague-3'];
  expect(new Set(seats.map(colorOf)).size).toBe(seats.length);
});
