import { describe, expect, it, vi } from 'vitest';
import type { ClientMessage, Meter, ReceiptBody } from './protocol';
import { canonical, doubt, hashOf, type Last } from './receipts';
import type { Kept } from './shelf';
import { Signer } from './signer';

const SESSION = 'S-2026-000001';
/** Pinned in tests/metering/test_receipts.py too: both ends reckon the same. */
const PINNED = '85a3b7f96044ee79924b74a49288a668b4c7064ff99fd43135a69895a76f1921';
const FIRST: ReceiptBody = {
  v: 1,
  session: SESSION,
  n: 1,
  from_s: 0,
  to_s: 60,
  amount_minor: 2000,
  total_minor: 2000,
  currency: 'RUB',
  second: 1_800_000_000,
  prev: '0'.repeat(64),
};

function after(last: ReceiptBody, prev: string): ReceiptBody {
  const { n, to_s, total_minor, amount_minor, second } = last;
  const total = total_minor + amount_minor;
  const span = { from_s: to_s, to_s: to_s + 60, second: second + 60 };
  return { ...last, ...span, n: n + 1, total_minor: total, prev };
}

function meter(billed: number, cost: string | null): Meter {
  return { billed_minutes: billed, cost_text: cost } as Meter;
}

const seen = (billed: number, cost: string | null = null, clockS = 600) => ({
  meter: meter(billed, cost),
  clockS,
});
const last: Last = { n: 1, hash: PINNED, to_s: 60, total_minor: 2000 };

describe('receipts', () => {
  it('reckons the hash that the server pinned', async () => {
    expect(await hashOf(FIRST)).toBe(PINNED);
    expect(await hashOf({ ...FIRST, seq: 7 } as ReceiptBody)).toBe(PINNED);
    expect(canonical({ b: 1, a: 'ё"' })).toBe('{"a":"ё\\"","b":1}');
  });

  it.each([
    ['foreign', { session: 'S-2026-000002' }],
    ['foreign', { v: 2 }],
    ['broken_chain', { prev: '1'.repeat(64) }],
    ['broken_chain', { total_minor: 4001 }],
    ['broken_chain', { from_s: 61 }],
    ['broken_chain', { amount_minor: 2001 }],
    ['broken_chain', { n: 1 }],
    ['ahead_of_meter', { n: 3 }],
  ])('sees that a receipt is %s', (why, change) => {
    const next = after(FIRST, PINNED);
    expect(doubt(next, SESSION, last, seen(2))).toBeNull();
    const [from_s, total_minor] = [120, 6000];
    const far = 'n' in change && change.n === 3 ? { from_s, to_s: 180, total_minor } : {};
    expect(doubt({ ...next, ...far, ...change }, SESSION, last, seen(2))).toBe(why);
  });

  it('does not sign what the meter has not shown', () => {
    const next = after(FIRST, PINNED);
    expect(doubt(next, SESSION, last, seen(2, null, 56))).toBe('ahead_of_meter');
    expect(doubt(next, SESSION, last, { meter: null, clockS: 600 })).toBe('ahead_of_meter');
    expect(doubt(next, SESSION, last, seen(2, '40,00\u00a0₽'))).toBeNull();
    expect(doubt(next, SESSION, last, seen(2, '₽30.00'))).toBe('other_sum');
  });

  it('takes the chain up where it was away', () => {
    const third = after(after(FIRST, PINNED), '2'.repeat(64));
    expect(doubt(third, SESSION, last, seen(3))).toBeNull();
    expect(doubt({ ...third, total_minor: 3000 }, SESSION, last, seen(3))).toBe('broken_chain');
    expect(doubt(third, SESSION, null, seen(3))).toBeNull();
  });
});

describe('signer', () => {
  function signer(kept = new Map<string, Kept>(), unable: 'no_crypto' | null = null) {
    const sent: ClientMessage[] = [];
    const doubted = vi.fn();
    const shelf = {
      get: async (name: string) => kept.get(name),
      put: async (name: string, one: Kept) => void kept.set(name, one),
      drop: async (name: string) => void kept.delete(name),
    };
    const send = (message: ClientMessage) => void sent.push(message);
    return { it: new Signer({ session: SESSION, shelf, send, doubted, unable }), sent, doubted };
  }

  it('brings one key, which cannot be taken out, and signs what follows', async () => {
    const kept = new Map<string, Kept>();
    const one = signer(kept);
    await one.it.introduce('host');
    const { pair } = kept.get(`${SESSION}:host`)!;
    expect(pair.privateKey.extractable).toBe(false);
    await one.it.sign([FIRST, after(FIRST, PINNED)], seen(2));
    expect(one.sent.map(({ type }) => type)).toEqual(['cosign_key', 'cosign', 'cosign']);
    const { signature } = one.sent[1] as { signature: string };
    const raw = atob(signature.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0));
    const text = new TextEncoder().encode(canonical(FIRST));
    const way = { name: 'ECDSA', hash: 'SHA-256' };
    expect(await crypto.subtle.verify(way, pair.publicKey, bytes, text)).toBe(true);
  });

  it('goes on with its key and its chain after the page is loaded again', async () => {
    const kept = new Map<string, Kept>();
    const before = signer(kept);
    await before.it.introduce('host');
    await before.it.sign([FIRST], seen(1));
    const again = signer(kept);
    await again.it.introduce('host');
    const keys = [before, again].map(({ sent }) => (sent[0] as { key: string }).key);
    expect(keys[1]).toBe(keys[0]);
    await again.it.sign([FIRST, FIRST, { ...after(FIRST, PINNED), total_minor: 9 }], seen(2));
    expect(again.sent.slice(1)).toMatchObject([
      { type: 'cosign', n: 1 },
      { type: 'cosign', n: 1 },
    ]);
    expect(again.doubted).toHaveBeenCalledWith('broken_chain', 2);
  });

  it('tells once of a receipt that it doubts, however often it is asked', async () => {
    const one = signer();
    await one.it.introduce('host');
    for (let times = 0; times < 3; times++) await one.it.sign([{ ...FIRST, to_s: 0 }], seen(1));
    expect(one.doubted.mock.calls).toEqual([['broken_chain', 1]]);
  });

  it('throws its key away once the session is over and its last minute is signed', async () => {
    const kept = new Map<string, Kept>();
    const one = signer(kept);
    await one.it.introduce('host');
    await one.it.sign([FIRST], seen(1));
    await one.it.over(2);
    expect(kept.size).toBe(1);
    await one.it.over(1);
    expect(kept.size).toBe(0);
  });

  it('says that it can have no key, and then signs nothing', async () => {
    const one = signer(new Map(), 'no_crypto');
    await one.it.introduce('client');
    await one.it.sign([FIRST], seen(1));
    expect(one.sent).toEqual([{ type: 'cosign_cannot', why: 'no_crypto' }]);
  });
});
