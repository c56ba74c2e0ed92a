import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DOUBT_MS, HANDSHAKE_MS, Link, SILENCE_MS, type Port, type Status } from './link';
import type { ClientMessage, ServerMessage } from './protocol';

class FakePort implements Port {
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: ClientMessage[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let ports: FakePort[];
let heard: ServerMessage[];
let statuses: Status[];
let link: Link;
const at = (n: number) => ports[n] as FakePort;
const welcome = (seq: number, key: string, resumed = false) => ({
  type: 'welcome',
  seq,
  resume: { participant: 'host', key },
  resumed,
});

beforeEach(() => {
  vi.useFakeTimers();
  [ports, heard, statuses] = [[], [], []];
  link = new Link({
    connect: () => ports[ports.push(new FakePort()) - 1] as Port,
    ticket: 'first',
    newTicket: async () => 'second',
    message: (message) => heard.push(message),
    status: (status) => statuses.push(status),
  });
  link.open();
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

async function greeted(n: number): Promise<void> {
  at(n).onopen?.();
  await vi.advanceTimersByTimeAsync(0);
}

test('says hello with the ticket of the page', async () => {
  await greeted(0);
  expect(at(0).sent).toEqual([{ type: 'hello', v: [1], ua: '', ticket: 'first' }]);
});

test('comes back with the key and the last number, and takes nothing twice', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).says({ type: 'chat', seq: 2, id: 'a' });
  at(0).close();
  expect(statuses).toEqual(['open', 'lost']);
  await vi.advanceTimersByTimeAsync(500);
  await greeted(1);
  const resume = { participant: 'host', key: 'k1', seq: 2 };
  expect(at(1).sent[0]).toMatchObject({ type: 'hello', resume });
  at(1).says({ type: 'chat', seq: 2, id: 'a' });
  at(1).says({ type: 'chat', seq: 3, id: 'b' });
  at(1).says(welcome(4, 'k2', true));
  expect(heard.map((message) => message.seq)).toEqual([1, 2, 3, 4]);
});

test('asks for no picture that it has, and is back with a new key all the same', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).close();
  await vi.advanceTimersByTimeAsync(500);
  await greeted(1);
  expect(at(1).sent[0]).toMatchObject({ type: 'hello', brief: true });
  at(1).says({ type: 'resumed', seq: 2, resume: { participant: 'host', key: 'k2' } });
  expect(statuses).toEqual(['open', 'lost', 'open']);
  at(1).close();
  await vi.advanceTimersByTimeAsync(500);
  await greeted(2);
  expect(at(2).sent[0]).toMatchObject({ resume: { participant: 'host', key: 'k2', seq: 2 } });
});

test('a server that forgot everything begins to count anew', async () => {
  await greeted(0);
  at(0).says(welcome(90, 'k1'));
  at(0).close();
  await vi.advanceTimersByTimeAsync(500);
  await greeted(1);
  at(1).says(welcome(1, 'k2'));
  at(1).says({ type: 'chat', seq: 2, id: 'b' });
  expect(heard.map((message) => message.seq)).toEqual([90, 1, 2]);
});

test('a refused key is given up for another ticket', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).close();
  await vi.advanceTimersByTimeAsync(500);
  await greeted(1);
  at(1).says({ type: 'bye', seq: 0, code: 'resume_refused', text: '' });
  await vi.advanceTimersByTimeAsync(1500);
  await greeted(2);
  expect(at(2).sent[0]).toMatchObject({ type: 'hello', ticket: 'second' });
  expect(heard).toHaveLength(1);
});

test('what was pressed while the line was lost is sent after the welcome; offers are not', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).close();
  link.send({ type: 'pause' });
  link.send({ type: 'offer', pc: 'pub', generation: 1, sdp: '' });
  await vi.advanceTimersByTimeAsync(500);
  await greeted(1);
  at(1).says(welcome(2, 'k2', true));
  expect(at(1).sent.map((message) => message.type)).toEqual(['hello', 'pause']);
});

test('waits longer after each failure, but eight seconds at most', async () => {
  for (let n = 0; n < 8; n++) {
    at(n).close();
    await vi.advanceTimersByTimeAsync(10_000);
  }
  expect(ports.length).toBe(9);
  at(8).close();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ports.length).toBe(9);
  link.doubt();
  expect(ports.length).toBe(10);
});

test('a line that says nothing is given up', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  await vi.advanceTimersByTimeAsync(11_000);
  expect(at(0).sent.filter((message) => message.type === 'ping')).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(6000);
  expect(statuses).toContain('lost');
});

test('a line that dies before the welcome is given up too', async () => {
  await greeted(0);
  at(0).close = () => undefined;
  await vi.advanceTimersByTimeAsync(SILENCE_MS + 6000);
  expect(statuses).toEqual(['lost']);
  expect(ports.length).toBe(2);
  expect(at(0).sent).toHaveLength(1);
});

test('a handshake that is overtaken is closed', async () => {
  at(0).close();
  await vi.advanceTimersByTimeAsync(500);
  link.doubt();
  expect(ports.map(({ readyState }) => readyState)).toEqual([3, 3, 1]);
  expect(statuses).toEqual(['lost']);
});

test('goodbye is the end', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).says({ type: 'bye', seq: 2, code: 'ended', text: 'Session ended' });
  await vi.advanceTimersByTimeAsync(20_000);
  expect([ports.length, link.status, heard.at(-1)?.type]).toEqual([1, 'closed', 'bye']);
});

test('a handshake that hangs is begun anew, and a dead line is not waited for', async () => {
  at(0).close = () => undefined;
  at(0).readyState = 0;
  await vi.advanceTimersByTimeAsync(HANDSHAKE_MS + 500);
  await greeted(1);
  at(1).says(welcome(1, 'k1'));
  at(1).close = () => undefined;
  await vi.advanceTimersByTimeAsync(SILENCE_MS + 6000);
  expect(statuses).toEqual(['lost', 'open', 'lost']);
  expect(ports.length).toBeGreaterThan(2);
});

test('a doubted line that answers is kept, one that does not is replaced at once', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  link.doubt();
  expect(at(0).sent.at(-1)).toMatchObject({ type: 'ping', ack: 1 });
  at(0).says({ type: 'pong', seq: 0, t: 0 });
  await vi.advanceTimersByTimeAsync(DOUBT_MS);
  expect(ports).toHaveLength(1);
  link.doubt();
  await vi.advanceTimersByTimeAsync(DOUBT_MS);
  expect(ports).toHaveLength(2);
  expect(statuses).toEqual(['open', 'lost']);
});

test('a doubt while a line is being opened leaves no second one open', async () => {
  await greeted(0);
  at(0).says(welcome(1, 'k1'));
  at(0).close();
  await vi.advanceTimersByTimeAsync(500);
  link.doubt();
  expect(ports).toHaveLength(3);
  expect([at(1).readyState, at(2).readyState]).toEqual([3, 1]);
  await greeted(2);
  at(2).says(welcome(2, 'k2', true));
  expect(statuses).toEqual(['open', 'lost', 'open']);
});
