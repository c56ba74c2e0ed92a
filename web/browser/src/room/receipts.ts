/**
 * The receipts of minutes as this browser sees them: their hash is reckoned here from what was sent,
 * and only what follows the last one, and is what the meter showed, is signed. Pure but for hashing.
 */
import type { Meter, ReceiptBody } from './protocol';

/** Of a receipt that was signed: what the next one must follow. */
export interface Last {
  readonly n: number;
  readonly hash: string;
  readonly to_s: number;
  readonly total_minor: number;
}

/** What the meter showed when the receipt came. */
export interface Seen {
  readonly meter: Meter | null;
  /** Seconds on the clock of this page. */
  readonly clockS: number;
}

export type Doubt = 'foreign' | 'broken_chain' | 'ahead_of_meter' | 'other_sum';

const FIRST_PREV = '0'.repeat(64);
/** The server's seconds may be so much newer than those shown. */
const AHEAD_S = 3;

/** RFC 8785: the names in order, no spaces; the same bytes as the server's. */
export function canonical(body: object): string {
  return JSON.stringify(body, Object.keys(body).sort());
}

export async function hashOf(body: ReceiptBody): Promise<string> {
  const bytes = new TextEncoder().encode(canonical(only(body)));
  return hex(await crypto.subtle.digest('SHA-256', bytes));
}

/** The fields that are hashed and no others, whatever came with them. */
export function only(body: ReceiptBody): ReceiptBody {
  const { v, session, n, from_s, to_s, amount_minor, total_minor, currency, second, prev } = body;
  return { v, session, n, from_s, to_s, amount_minor, total_minor, currency, second, prev };
}

/** Why a receipt is not to be signed; null: it may be. */
export function doubt(
  body: ReceiptBody,
  session: string,
  last: Last | null,
  seen: Seen,
): Doubt | null {
  if (body.v !== 1 || body.session !== session) return 'foreign';
  if (body.to_s <= body.from_s || body.amount_minor < 0) return 'broken_chain';
  if (!follows(body, last)) return 'broken_chain';
  const billed = seen.meter?.billed_minutes ?? 0;
  if (body.n > billed || body.from_s > seen.clockS + AHEAD_S) return 'ahead_of_meter';
  if (body.n === billed && !costs(body, seen.meter)) return 'other_sum';
  return null;
}

/** After the last one, or, where this page missed some, behind it and no cheaper. */
function follows(body: ReceiptBody, last: Last | null): boolean {
  const { n, prev, from_s, amount_minor, total_minor } = body;
  if (n === 1) return prev === FIRST_PREV && from_s === 0 && total_minor === amount_minor;
  if (total_minor < amount_minor) return false;
  if (!last) return true;
  if (n !== last.n + 1)
    return n > last.n && from_s >= last.to_s && total_minor >= last.total_minor + amount_minor;
  return (
    prev === last.hash && from_s === last.to_s && total_minor === last.total_minor + amount_minor
  );
}

/** The cost as it is shown ends in its minor units, however it is grouped. */
function costs(body: ReceiptBody, meter: Meter | null): boolean {
  if (!meter?.cost_text) return true;
  return Number(meter.cost_text.replace(/\D/g, '')) === body.total_minor;
}

export function hex(bytes: ArrayBuffer | Uint8Array): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Base64url without padding. */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
