/**
 * This browser's key for one session: ECDSA P-256, not to be taken out, kept with the last receipt
 * that it signed, so that a page that is loaded again goes on where it was.
 */
import type { ClientMessage, CosignKey, ReceiptBody, Role, WhyNoKey } from './protocol';
import { base64url, canonical, doubt, hashOf, hex, only } from './receipts';
import type { Doubt, Last, Seen } from './receipts';

export interface Kept {
  readonly pair: CryptoKeyPair;
  readonly last: Last | null;
  /** Hashes of the newest receipts that were signed: what is lost on the way is signed again. */
  readonly signed: readonly string[];
}

/** Where keys are kept: IndexedDB in a browser. */
export interface Shelf {
  get(name: string): Promise<Kept | undefined>;
  put(name: string, kept: Kept): Promise<void>;
}

export interface SignerOptions {
  readonly session: string;
  readonly shelf: Shelf;
  readonly send: (message: ClientMessage) => void;
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

  /** The same again, for a line that lost it, changes nothing of what the next must follow. */
  async #one(body: ReceiptBody, seen: Seen): Promise<void> {
    if (!this.#kept) return;
    const { last, pair, signed } = this.#kept;
    const hash = await hashOf(body);
    const again = signed.includes(hash);
    const why = again ? null : doubt(body, this.options.session, last, seen);
    if (why) return this.options.doubted(why, body.n);
    const { n, to_s, total_minor } = body;
    if (!again) {
      const newest = [...signed, hash].slice(-SIGNED_MAX);
      this.#kept = { pair, last: { n, hash, to_s, total_minor }, signed: newest };
      await this.options.shelf.put(this.#name, this.#kept);
    }
    this.options.send({ type: 'cosign', n, signature: await this.#signature(canonical(body)) });
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

const KEYS = 'keys';

/** Keys of this browser, by session and side. */
export const shelf: Shelf = {
  get: (name) => inKeys('readonly', (keys) => keys.get(name) as IDBRequest<Kept | undefined>),
  put: async (name, kept) => void (await inKeys('readwrite', (keys) => keys.put(kept, name))),
};

async function inKeys<T>(
  mode: IDBTransactionMode,
  work: (keys: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('minuta', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const base = await done(opening);
  try {
    return await done(work(base.transaction(KEYS, mode).objectStore(KEYS)));
  } finally {
    base.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no storage'));
  });
}
