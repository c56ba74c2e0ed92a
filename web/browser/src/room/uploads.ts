/**
 * Gives files: hashes, announces, sends part by part, and goes on where the server stands after the
 * network, the line or the page was lost. Who is told what about a file comes over the socket.
 */
import { _ } from '../words';
import type { FileNow, Seat } from './protocol';

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  /** `waits`: the network is away, it goes on by itself. */
  readonly step: 'reading' | 'sending' | 'waits' | 'failed';
  readonly problem: string;
}

export interface UploadOptions {
  /** The address of the session's files. */
  readonly address: string;
  readonly csrf: string;
  readonly known: () => { me: Seat; files: readonly FileNow[] };
  readonly changed: () => void;
  /** What was asked for cannot be done, in words. */
  readonly refused: (text: string) => void;
  readonly wait?: (ms: number) => Promise<void>;
}

export const PART_BYTES = 512 * 1024;
const WAIT_MS = 500;
const WAIT_MAX_MS = 8000;
const GONE = new Set(['withdrawn', 'declined', 'erased']);
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** What cannot be done, in words; with a code of the server's answer. */
class Refused extends Error {}

/** The server was not reached, or asks to be asked again. */
class Away extends Error {}

function words(code: string): string {
  switch (code) {
    case 'file_too_big':
      return _('The file is too big');
    case 'file_refused':
      return _('Programs cannot be given');
    case 'too_many_files':
      return _('There are too many files in this session');
    case 'wrong_hash':
      return _('The file changed on the way. Choose it again');
    default:
      return _('The file cannot be given now');
  }
}

async function hashOf(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Uploads {
  list: readonly Upload[] = [];

  constructor(private readonly options: UploadOptions) {}

  async give(file: File): Promise<void> {
    const { name, size } = file;
    let id: string = crypto.randomUUID();
    this.#put({ id, name, size, sent: 0, step: 'reading', problem: '' });
    try {
      const sha256 = await hashOf(file);
      const begun = this.#begun(sha256, size);
      if (!this.#has(id) || (begun && this.#has(begun))) return this.#drop(id);
      id = this.#rename(id, begun ?? id);
      await this.#announce(id, file, sha256);
      await this.#send(id, file);
      this.#drop(id);
    } catch (error) {
      if (this.#isOver(id)) return this.#drop(id);
      const problem = error instanceof Refused ? error.message : words('');
      this.#change(id, { step: 'failed', problem });
    }
  }

  /** Stops sending; what was announced is withdrawn. */
  async cancel(id: string): Promise<void> {
    this.#drop(id);
    const file = this.options.known().files.find((one) => one.id === id);
    if (file && !GONE.has(file.state)) await this.#press(`/${id}/withdrawal`, {});
  }

  /** Accepts or declines what the other side offers. */
  async answer(id: string, decision: 'accept' | 'decline'): Promise<void> {
    await this.#press(`/${id}/answer`, { decision });
  }

  async #press(path: string, fields: object): Promise<void> {
    try {
      await this.#post(path, fields);
    } catch (error) {
      const text = error instanceof Refused ? error.message : _('The network is away. Try again');
      this.options.refused(text);
    }
  }

  #post(path: string, fields: object): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' };
    return this.#ask('POST', path, { body: JSON.stringify(fields), headers });
  }

  /** A file that this side began to give before: the same bytes go on under the same id. */
  #begun(sha256: string, size: number): string | undefined {
    const { me, files } = this.options.known();
    const same = (file: FileNow) => file.sha256 === sha256 && file.size === size;
    return files.find((file) => file.from === me && file.state === 'offered' && same(file))?.id;
  }

  async #announce(id: string, { name, size, type }: File, sha256: string): Promise<void> {
    if (this.options.known().files.some((file) => file.id === id)) return;
    await this.#again(id, () => this.#post('', { id, name, size, sha256, type }));
  }

  async #send(id: string, file: File): Promise<void> {
    let have = await this.#again(id, () => this.#stand(id));
    while (this.#has(id)) {
      this.#change(id, { sent: have, step: 'sending' });
      const told = await this.#again(id, async (tries) =>
        this.#part(id, file, tries ? await this.#stand(id) : have),
      );
      if (told.state !== 'offered') return;
      have = told.have;
    }
  }

  async #part(id: string, file: File, from: number): Promise<{ have: number; state: string }> {
    const body = file.slice(from, from + PART_BYTES);
    const range = body.size ? `${from}-${from + body.size - 1}` : '*';
    const headers = {
      'Content-Range': `bytes ${range}/${file.size}`,
      'Content-Type': 'application/octet-stream',
    };
    const answer = await this.#ask('PUT', `/${id}`, { body, headers });
    return (await answer.json()) as { have: number; state: string };
  }

  async #stand(id: string): Promise<number> {
    const answer = await this.#ask('HEAD', `/${id}`, {});
    return Number(answer.headers.get('Upload-Offset') ?? 0);
  }

  /** Until it works or is refused; waits longer each time. */
  async #again<T>(id: string, work: (tries: number) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work(tries);
      } catch (error) {
        if (!(error instanceof Away) || !this.#has(id)) throw error;
      }
      this.#change(id, { step: 'waits' });
      await (this.options.wait ?? sleep)(Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** tries));
    }
  }

  async #ask(method: string, path: string, more: RequestInit): Promise<Response> {
    const headers = { Accept: 'application/json', 'X-CSRF-Token': this.options.csrf };
    const asked = { ...more, method, headers: { ...headers, ...more.headers } };
    const answer = await fetch(this.options.address + path, asked).catch(() => null);
    if (!answer || answer.status >= 500 || [408, 429].includes(answer.status)) throw new Away();
    if (answer.ok) return answer;
    const told = (await answer.json().catch(() => ({}))) as { code?: string };
    if (told.code === 'wrong_offset') throw new Away();
    throw new Refused(words(told.code ?? ''));
  }

  #isOver(id: string): boolean {
    const file = this.options.known().files.find((one) => one.id === id);
    return !this.#has(id) || (file !== undefined && GONE.has(file.state));
  }

  #has(id: string): boolean {
    return this.list.some((one) => one.id === id);
  }

  #rename(id: string, to: string): string {
    this.list = this.list.map((one) => (one.id === id ? { ...one, id: to } : one));
    this.options.changed();
    return to;
  }

  #put(upload: Upload): void {
    this.list = [...this.list, upload];
    this.options.changed();
  }

  #change(id: string, now: Partial<Upload>): void {
    this.list = this.list.map((one) => (one.id === id ? { ...one, ...now } : one));
    this.options.changed();
  }

  #drop(id: string): void {
    this.list = this.list.filter((one) => one.id !== id);
    this.options.changed();
  }
}
