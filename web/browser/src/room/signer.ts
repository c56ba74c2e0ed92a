/**
 * This browser's key for one session: ECDSA P-256, not to be taken out, kept with the last receipt
 * that it signed, so that a page that is loaded again goes on where it was.
 */
import type { ClientMessage, CosignKey, ReceiptBody, Role, WhyNoKey } from './protocol';
import { base64url, canonical, doubt, hashOf, hex, only } from './receipts';
import type { Doubt, Seen } from './receipts';
import type { Kept, Shelf } from './shelf';

export interface SignerOptions {
  readonly session: string;
  readonly shelf: Shelf;
  readonly send: (message: ClientMessage) => void;
  /** Once a receipt, however often it is asked for. */
  readonly doubted: (why: Doubt, n: number) => void;
  /** Why this browser can have no key; null: it can. */
  readonly unable: WhyNoKey | null;
}

/** As many as the server asks for at once. */
const SIGNED_MAX = 60;
/** Until a browser that would not sign is asked for its key again. */
const AGAIN_MS = 5000;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const HASH = { name: 'ECDSA', hash: 'SHA-256' } as const;

export class Signer {
  #leg: Role | null = null;
  #kept: Kept | null = null;
  #work: Promise<void> = Promise.resolve();
  readonly #told = new Set<number>();

  constructor(private readonly options: SignerOptions) {}

  /** Signatures are asked for: brings the key in, or says that there can be none. */
  introduce(leg: Role): Promise<void> {
    return this.#after(async () => {
      if (this.options.unable) return this.#unable(this.options.unable);
      try {
        this.#leg = leg;
        this.#kept ??= await this.#find();
      } catch {
        return this.#unable('no_storage');
      }
      try {
        this.options.send({ type: 'cosign_key', ...(await this.#introduction(leg)) });
      } catch {
        setTimeout(() => void this.introduce(leg), AGAIN_MS);
      }
    });
  }

  /** Signs what may be signed, one after another; what may not is told and left. */
  sign(bodies: readonly ReceiptBody[], seen: Seen): Promise<void> {
    return this.#after(async () => {
      for (const body of bodies) await this.#one(only(body), seen).catch(unsigned);
    });
  }

  /** The session is over: a key that has signed the last of its `minutes` is of no more use. */
  over(minutes: number): Promise<void> {
    return this.#after(async () => {
      if (!this.#kept || (this.#kept.last?.n ?? 0) < minutes) return;
      this.#kept = null;
      await this.options.shelf.drop(this.#name).catch(() => undefined); // it is swept one day
    });
  }

  /** The same again, for a line that lost it, changes nothing of what the next must follow. */
  async #one(body: ReceiptBody, seen: Seen): Promise<void> {
    if (!this.#kept) return;
    const { last, pair, signed } = this.#kept;
    const hash = await hashOf(body);
    const again = signed.includes(hash);
    const why = again ? null : doubt(body, this.options.session, last, seen);
    if (why) return this.#doubted(why, body.n);
    const { n, to_s, total_minor } = body;
    if (!again) {
      const newest = [...signed, hash].slice(-SIGNED_MAX);
      this.#kept = { pair, last: { n, hash, to_s, total_minor }, signed: newest };
      await this.options.shelf.put(this.#name, this.#kept);
    }
    this.options.send({ type: 'cosign', n, signature: await this.#signature(canonical(body)) });
  }

  /** The server asks again and again: who has closed the banner is not told the same once more. */
  #doubted(why: Doubt, n: number): void {
    if (!this.#told.has(n)) this.options.doubted(why, n);
    this.#told.add(n);
  }

  async #find(): Promise<Kept> {
    const { shelf } = this.options;
    const known = await shelf.get(this.#name);
    if (known) return known;
    const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
    const fresh = { pair, last: null, signed: [] };
    await shelf.put(this.#name, fresh);
    return fresh;
  }

  async #introduction(leg: Role): Promise<CosignKey> {
    const point = await crypto.subtle.exportKey('raw', this.#kept!.pair.publicKey);
    const claim = { key: hex(point), leg, session: this.options.session, v: 1 };
    const proof = await this.#signature(`minuta-cosigner\n${canonical(claim)}`);
    return { key: base64url(point), proof };
  }

  async #signature(text: string): Promise<string> {
    const key = this.#kept!.pair.privateKey;
    return base64url(await crypto.subtle.sign(HASH, key, new TextEncoder().encode(text)));
  }

  #unable(why: WhyNoKey): void {
    this.#kept = null;
    this.options.send({ type: 'cosign_cannot', why });
  }

  get #name(): string {
    return `${this.options.session}:${this.#leg}`;
  }

  #after(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work, work);
    return this.#work;
  }
}

/** What the browser would not sign just now is asked for again. */
function unsigned(): void {}

/** Why a page can have no key; null: it can. */
export function unable(): WhyNoKey | null {
  if (!isSecureContext) return 'insecure_page';
  if (!crypto.subtle) return 'no_crypto';
  return typeof indexedDB === 'undefined' ? 'no_storage' : null;
}
