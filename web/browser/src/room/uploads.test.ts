import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileNow } from './protocol';
import { PART_BYTES, Uploads } from './uploads';

/** A server of files that keeps what comes, and fails when it is told to. */
class Server {
  readonly asked: string[] = [];
  readonly ids: string[] = [];
  have = 0;
  size = 0;
  fail: (asked: string) => Response | 'away' | null = () => null;

  fetch = (address: string, asked: RequestInit): Promise<Response> => {
    const name = `${asked.method} ${address.replace(/[0-9a-f-]{36}/, 'ID')}`;
    this.asked.push(name);
    const failure = this.fail(name);
    if (failure) return failure === 'away' ? Promise.reject(new TypeError()) : done(failure);
    if (asked.method === 'POST') {
      const { id, size } = JSON.parse(String(asked.body)) as { id: string; size: number };
      if (id) this.ids.push(id);
      this.size = size;
      return done(Response.json({}));
    }
    const headers = { 'Upload-Offset': String(this.have) };
    if (asked.method === 'HEAD') return done(new Response(null, { headers }));
    const range = (asked.headers as Record<string, string>)['Content-Range'] ?? '';
    if (Number(/\d+/.exec(range)?.[0]) !== this.have) return done(told('wrong_offset', 409));
    this.have += (asked.body as Blob).size;
    const state = this.have === this.size ? 'whole' : 'offered';
    return done(Response.json({ have: this.have, state }));
  };
}

const done = <T>(value: T) => Promise.resolve(value);
const told = (code: string, status: number) => Response.json({ code }, { status });
const file = (bytes: number) => new File([new Uint8Array(bytes)], 'a.pdf');

let server: Server;
let files: FileNow[];
let refused: string[];
let seen: string[];
let uploads: Uploads;

beforeEach(() => {
  server = new Server();
  [files, refused, seen] = [[], [], []];
  vi.stubGlobal('fetch', server.fetch);
  uploads = new Uploads({
    address: '/files',
    csrf: 'x',
    known: () => ({ me: 'client', files }),
    changed: () => seen.push(uploads.list.map(({ step, sent }) => `${step} ${sent}`).join()),
    refused: (text) => refused.push(text),
    wait: () => done(undefined),
  });
});
afterEach(() => vi.unstubAllGlobals());

test('a file is announced, sent in parts and then nothing is under way', async () => {
  await uploads.give(file(PART_BYTES + 5));
  expect(server.asked).toEqual(['POST /files', 'HEAD /files/ID', 'PUT /files/ID', 'PUT /files/ID']);
  expect(server.have).toBe(PART_BYTES + 5);
  expect(seen).toContain(`sending ${PART_BYTES}`);
  expect(uploads.list).toEqual([]);
});

test('a lost network is waited for, and the part that had come is not sent twice', async () => {
  let lost = 0;
  server.fail = (asked) => {
    if (!asked.startsWith('PUT') || lost++) return null;
    server.have = 5; // it came, but the answer did not
    return 'away';
  };
  await uploads.give(file(10));
  expect(server.have).toBe(10);
  expect(seen).toContain('waits 0');
});

test('after a reload the same file goes on under its id', async () => {
  const bytes = file(20);
  await uploads.give(bytes);
  const id = server.ids[0] ?? '';
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer()));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const known = { from: 'client', id, name: 'a.pdf', size: 20, sha256, accepted: false } as const;
  files = [{ ...known, have: 8, state: 'offered' }];
  server.have = 8;
  await uploads.give(bytes);
  expect([server.ids, server.have]).toEqual([[id], 20]);
});

test('what is refused says why, and can be put away', async () => {
  server.fail = () => told('file_refused', 415);
  await uploads.give(file(10));
  const [failed] = uploads.list;
  expect([failed?.step, failed?.problem]).toEqual(['failed', 'Programs cannot be given']);
  await uploads.cancel(failed?.id ?? '');
  expect([uploads.list, server.asked.length]).toEqual([[], 1]);
});

test('a file that is declined meanwhile ends without a complaint', async () => {
  server.fail = (asked) => {
    if (!asked.startsWith('PUT')) return null;
    const gone = { from: 'client', id: server.ids[0] ?? '', name: 'a.pdf' } as const;
    files = [{ ...gone, size: 10, sha256: '', have: 0, state: 'declined', accepted: false }];
    return told('wrong_file_state', 409);
  };
  await uploads.give(file(10));
  expect([uploads.list, refused]).toEqual([[], []]);
});

test('an answer that did not reach the server is told', async () => {
  server.fail = () => 'away';
  await uploads.answer('f', 'accept');
  expect(refused).toEqual(['The network is away. Try again']);
});
