/** Where this browser keeps its keys, one a session and side, until they are worth nothing. */
import type { Last } from './receipts';

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
  drop(name: string): Promise<void>;
}

/** `keptMs`: unix time of the last writing. */
type Dated = Kept & { readonly keptMs?: number };

const KEYS = 'keys';
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Keys of this browser, by session and side. */
export const shelf: Shelf = {
  get: (name) => inKeys('readonly', (keys) => keys.get(name) as IDBRequest<Kept | undefined>),
  put: async (name, kept) =>
    void (await inKeys('readwrite', (keys) => keys.put({ ...kept, keptMs: Date.now() }, name))),
  drop: async (name) => void (await inKeys('readwrite', (keys) => keys.delete(name))),
};

/** Throws away the keys of sessions that this browser was not there to see the end of. */
export async function sweep(nowMs = Date.now()): Promise<void> {
  const base = await opened();
  const look = base.transaction(KEYS, 'readwrite').objectStore(KEYS).openCursor();
  look.onsuccess = () => {
    const cursor = look.result;
    if (!cursor) return base.close();
    const { keptMs } = cursor.value as Dated;
    // One from before there were dates may be in use: its time begins now.
    if (keptMs === undefined) cursor.update({ ...cursor.value, keptMs: nowMs });
    else if (nowMs - keptMs > KEPT_MS) cursor.delete();
    cursor.continue();
  };
  look.onerror = () => base.close();
}

async function inKeys<T>(
  mode: IDBTransactionMode,
  work: (keys: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const base = await opened();
  try {
    return await done(work(base.transaction(KEYS, mode).objectStore(KEYS)));
  } finally {
    base.close();
  }
}

function opened(): Promise<IDBDatabase> {
  const opening = indexedDB.open('minuta', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  return done(opening);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no storage'));
  });
}
