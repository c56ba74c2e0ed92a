import { expect, test } from 'vitest';
import { banner, type Local } from './banner';
import { fresh, type RoomState } from './state';

const calm: Local = {
  line: 'open',
  lostMs: null,
  backMs: null,
  sleptMs: 0,
  putAside: false,
  refusal: null,
  shareProblem: null,
  toppedUpMs: null,
  unheard: false,
  chatOpen: false,
};
const live: RoomState = {
  ...fresh('host'),
  phase: 'live',
  peer: { name: 'Anna', joined: true, online: true },
};

test('quiet while all is well', () => {
  expect(banner(live, calm, 0)).toBeNull();
});

test('a lost line is told after two seconds, over everything else but the farewell', () => {
  const low = { ...live, warning: { minutesLeft: 5, canTopUp: false } };
  const lost = { ...calm, lostMs: 1000 };
  expect(banner(low, lost, 2900)?.kind).toBe('warn');
  expect(banner(low, lost, 3000)?.text).toBe('Connection lost, reconnecting');
});

test('one minute is graver than two, and only the payer is offered to top up', () => {
  const warned = (minutesLeft: number, canTopUp: boolean) =>
    banner({ ...live, payer: 'client', warning: { minutesLeft, canTopUp } }, calm, 0);
  expect([warned(2, false)?.kind, warned(1, false)?.kind]).toEqual(['warn', 'danger']);
  expect(warned(2, false)?.action).toBeUndefined();
  expect(warned(2, true)?.action).toBe('top_up');
});

test('the last seconds are counted on the own clock', () => {
  const final: RoomState = { ...live, phase: 'final', endsAtMs: 20_000 };
  expect(banner(final, calm, 500)?.text).toBe('The session ends in 20 seconds');
  expect(banner(final, calm, 19_500)?.text).toBe('The session ends in 1 second');
  expect(banner(final, calm, 60_000)?.text).toBe('The session ends in 0 seconds');
});

test('a reached limit is named, and the payer is led to it', () => {
  const final: RoomState = { ...live, phase: 'final', cause: 'cap', endsAtMs: 9_000 };
  const text = "The payer's limit is reached. The session ends in 9 seconds";
  expect(banner(final, calm, 0)).toMatchObject({ text });
  expect(banner(final, calm, 0)?.action).toBeUndefined();
  const mine = { ...final, cap: { text: 'no more than 20.00', sum: '20.00' } };
  expect(banner(mine, calm, 0)).toMatchObject({ text, action: 'cap' });
});

test('a pause says whose doing it is', () => {
  const paused: RoomState = { ...live, phase: 'paused' };
  const text = (state: Partial<RoomState>) => banner({ ...paused, ...state }, calm, 0)?.text;
  expect(text({ cause: 'asked', by: 'host' })).toContain('at your request');
  expect(text({ cause: 'asked', by: 'client' })).toContain("at Anna's request");
  expect(text({ cause: 'no_media', peer: { ...live.peer, online: false } })).toContain('offline');
  expect(text({ cause: 'no_media' })).toContain('no connection');
});

test('good news passes by', () => {
  expect(banner(live, { ...calm, backMs: 0 }, 2000)?.text).toBe('The connection is back');
  expect(banner(live, { ...calm, backMs: 0 }, 3000)).toBeNull();
});

test('an offered file is told while the chat is closed and nobody has answered', () => {
  const file = { from: 'client', id: 'f', name: 'a.pdf', size: 1, sha256: '', have: 0 } as const;
  const state: RoomState = { ...live, files: [{ ...file, state: 'offered', accepted: false }] };
  expect(banner(state, calm, 0)?.text).toBe('Anna offers you a file: a.pdf');
  expect(banner(state, { ...calm, chatOpen: true }, 0)).toBeNull();
  const answered: RoomState = { ...live, files: [{ ...file, state: 'whole', accepted: true }] };
  expect(banner(answered, calm, 0)).toBeNull();
  expect(banner({ ...state, me: 'client' }, calm, 0)).toBeNull();
});

test('a narrow link is told to both, each in its own words', () => {
  const narrow = { state: 'narrow', sinceMs: 0 } as const;
  expect(banner({ ...live, paths: { host: narrow } }, calm, 0)?.text).toBe(
    'The picture is paused: your link is narrow. The voice goes on',
  );
  expect(banner({ ...live, paths: { client: narrow } }, calm, 0)?.text).toBe(
    'Anna does not see the picture: the link there is narrow. The voice goes on',
  );
});

test('lost media is told after two seconds, of the other side only while its line holds', () => {
  const lost = { state: 'lost', sinceMs: 0 } as const;
  const theirs = { ...live, paths: { client: lost } };
  expect(banner(theirs, calm, 1900)).toBeNull();
  expect(banner(theirs, calm, 2000)?.text).toBe(
    'The sound and picture of Anna are interrupted, reconnecting',
  );
  const away = { ...theirs, peer: { ...live.peer, online: false } };
  expect(banner(away, calm, 2000)).toBeNull();
  const both = { ...live, paths: { host: lost, client: lost } };
  expect(banner(both, calm, 2000)?.kind).toBe('danger');
});

test('whoever was called in hears of the client in front of them, and of a late side by name', () => {
  const seated: RoomState = { ...live, me: 'colleague-1' };
  const lost = { state: 'lost', sinceMs: 0 } as const;
  expect(banner({ ...seated, paths: { host: lost } }, calm, 2000)).toBeNull();
  expect(banner({ ...seated, paths: { client: lost } }, calm, 2000)?.text).toContain('of Anna');
  const ivan = { seat: 'host', part: 'host', name: 'Ivan', state: 'in' } as const;
  const unsigned: RoomState = {
    ...seated,
    phase: 'paused',
    cause: 'unsigned',
    company: { event: null, seat: null, name: '', present: [ivan] },
    signers: [{ leg: 'host', stand: 'signs', late: true }],
  };
  const told = banner(unsigned, calm, 0);
  expect(told?.text).toContain('Ivan does not sign the minutes');
  expect(told?.action).toBeUndefined();
  expect(banner({ ...unsigned, me: 'client' }, calm, 0)?.action).toBe('waive');
  const signers = (['host', 'client'] as const).map(
    (leg) => ({ leg, stand: 'signs', late: true }) as const,
  );
  for (const me of ['host', 'client'] as const) {
    const both = banner({ ...unsigned, me, signers }, calm, 0);
    expect(both?.text).toContain('neither side signs the minutes');
    expect(both?.action).toBe('waive');
  }
});

test('who slept is told for how long, at once and when the line is back', () => {
  const slept = { ...calm, sleptMs: 62_400 };
  expect(banner(live, { ...slept, lostMs: 1000 }, 1001)?.text).toBe(
    'This device was asleep for 1:02, reconnecting',
  );
  const woken = { ...slept, backMs: 5000 };
  expect(banner(live, woken, 14_000)?.text).toBe(
    'This device was asleep for 1:02. The meter stood meanwhile',
  );
  expect(banner({ ...live, phase: 'together' }, woken, 14_000)?.text).toContain('is back');
  expect(banner(live, woken, 15_000)).toBeNull();
});

test('who was put aside by the browser reads so', () => {
  const aside = { ...calm, putAside: true, backMs: 5000 };
  expect(banner(live, aside, 6000)?.text).toContain('put this tab aside');
  expect(banner(live, aside, 16_000)).toBeNull();
});

test('another network is told to both, and that all is back to who only saw it', () => {
  const moved = (state: 'moved' | 'good', was: 'good' | 'lost' | 'moved') => ({
    client: { state, was, sinceMs: 1000 },
  });
  const host = (paths: RoomState['paths']) => banner({ ...live, paths }, calm, 1001)?.text;
  expect(host(moved('moved', 'good'))).toBe('Anna changed networks, reconnecting');
  expect(host(moved('good', 'moved'))).toBe('Anna changed networks. Sound and picture are back');
  expect(host(moved('good', 'lost'))).toBe('Sound and picture of Anna are back');
  expect(host(moved('good', 'good'))).toBeUndefined();
  const client = { ...live, me: 'client' as const, paths: moved('moved', 'good') };
  expect(banner(client, calm, 1001)?.text).toBe('This device changed networks, reconnecting');
});
