/**
 * The line to the server: says hello with a ticket, comes back with the resume key, waits longer
 * after each failure, and lets every message of the server through exactly once, by its `seq`.
 */
import {
  VERSIONS,
  type ClientMessage,
  type Hello,
  type ResumeAsk,
  type ServerMessage,
} from './protocol';

export type Status = 'opening' | 'open' | 'lost' | 'closed';

/** The part of a WebSocket that is used here. */
export interface Port {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkOptions {
  readonly connect: () => Port;
  /** The page's own ticket; used once. */
  readonly ticket: string | null;
  /** Asks the server for another ticket. */
  readonly newTicket: () => Promise<string>;
  readonly message: (message: ServerMessage) => void;
  readonly status: (status: Status) => void;
  readonly agent?: string;
}

export const PING_MS = 5000;
export const SILENCE_MS = 12_000;
/** A handshake that hangs this long is begun anew: on a network that was dead it may for minutes. */
export const HANDSHAKE_MS = 6000;
/** So long a line that is doubted is given to answer before another is opened. */
export const DOUBT_MS = 1000;
export const OUTBOX_MAX = 64;
const WAIT_MS = 300;
const WAIT_MAX_MS = 8000;
const OPEN = 1;
const REJOINS_MAX = 3;
const RESUME = new Set(['hello_late', 'too_slow', 'going_away']);
const REJOIN = new Set(['ticket_refused', 'ticket_needed', 'resume_refused']);
/** Not kept for a later line: peers offer anew and the room repeats its chat by itself. */
const PERISHABLE = new Set<ClientMessage['type']>([
  'offer',
  'accept',
  'ice',
  'trouble',
  'ping',
  'chat',
  'pointer',
]);

export class Link {
  #port: Port | null = null;
  #status: Status = 'opening';
  #ticket: string | null;
  #resume: Omit<ResumeAsk, 'seq'> | null = null;
  #seq = 0;
  #tries = 0;
  #rejoins = 0;
  #heardMs = 0;
  #outbox: ClientMessage[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: LinkOptions) {
    this.#ticket = options.ticket;
  }

  get status(): Status {
    return this.#status;
  }

  open(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#pulse);
    const [port, older] = [this.options.connect(), this.#port];
    this.#port = port;
    older?.close();
    port.onopen = () => this.#opened(port);
    port.onmessage = ({ data }) => port === this.#port && this.#take(String(data));
    port.onclose = () => port === this.#port && this.#gone();
    setTimeout(() => port.readyState !== OPEN && this.#drop(port), HANDSHAKE_MS);
  }

  /** Sends now, or keeps it until the line is back; what would be stale by then is dropped. */
  send(message: ClientMessage): void {
    if (this.#status === 'open' && this.#port?.readyState === OPEN) return this.#write(message);
    if (!PERISHABLE.has(message.type)) this.#outbox = [...this.#outbox, message].slice(-OUTBOX_MAX);
  }

  /** The network may be another one: no need to wait, and who does not answer soon is dead. */
  doubt(): void {
    const port = this.#port;
    if (this.#status === 'lost') this.open();
    if (this.#status !== 'open' || !port) return;
    const askedMs = performance.now();
    this.#ping();
    setTimeout(() => {
      if (port !== this.#port || this.#heardMs >= askedMs) return;
      this.#drop(port);
      this.open();
    }, DOUBT_MS);
  }

  close(): void {
    this.#say('closed');
    clearTimeout(this.#retry);
    clearInterval(this.#pulse);
    this.#port?.close();
  }

  /** A line is listened to from the hello on: a network may die before the welcome too. */
  #opened(port: Port): void {
    if (port !== this.#port) return;
    this.#heardMs = performance.now();
    this.#pulse = setInterval(() => this.#beat(), PING_MS);
    void this.#greet(port);
  }

  async #greet(port: Port): Promise<void> {
    const hello: Hello = { v: [...VERSIONS], ua: (this.options.agent ?? '').slice(0, 512) };
    try {
      if (this.#resume) {
        hello.resume = { ...this.#resume, seq: this.#seq };
        hello.brief = true;
      } else hello.ticket = this.#ticket ?? (await this.options.newTicket());
    } catch {
      return port.close();
    }
    this.#ticket = null;
    if (port === this.#port) this.#write({ type: 'hello', ...hello });
  }

  #take(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    this.#heardMs = performance.now();
    if (!this.#isNew(message)) return;
    if (message.type === 'bye') return this.#farewell(message);
    if (message.type === 'welcome' || message.type === 'resumed') this.#welcomed(message.resume);
    this.options.message(message);
    if (message.type === 'error' && message.action === 'resume') this.#port?.close();
  }

  /** Numbers only grow, but a welcome that resumes nothing begins a new count; 0 is no number. */
  #isNew(message: ServerMessage): boolean {
    const restarts = message.type === 'welcome' && !message.resumed;
    if (message.seq !== 0 && message.seq <= this.#seq && !restarts) return false;
    if (message.seq !== 0) this.#seq = message.seq;
    return true;
  }

  /** Some farewells only say: come again, with the key you have or with another ticket. */
  #farewell(bye: ServerMessage & { type: 'bye' }): void {
    const rejoins = REJOIN.has(bye.code) && this.#rejoins++ < REJOINS_MAX;
    if (rejoins) this.#resume = null;
    if (rejoins || RESUME.has(bye.code)) return this.#port?.close();
    this.options.message(bye);
    this.close();
  }

  #welcomed(resume: Omit<ResumeAsk, 'seq'>): void {
    this.#resume = resume;
    this.#tries = this.#rejoins = 0;
    this.#say('open');
    const kept = this.#outbox;
    this.#outbox = [];
    for (const message of kept) this.send(message);
  }

  /** A line that says nothing for long is dead, whatever the browser thinks of it. */
  #beat(): void {
    if (this.#port && performance.now() - this.#heardMs > SILENCE_MS) return this.#drop(this.#port);
    this.#ping();
  }

  #ping(): void {
    this.send({ type: 'ping', t: Math.round(performance.now()), ack: this.#seq });
  }

  /** Does not wait for the farewell of a dead network, which takes the browser ten seconds. */
  #drop(port: Port): void {
    if (port !== this.#port) return;
    port.close();
    if (port === this.#port) this.#gone();
  }

  #gone(): void {
    this.#port = null;
    clearInterval(this.#pulse);
    if (this.#status === 'closed') return;
    this.#say('lost');
    const wait = Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** this.#tries++);
    this.#retry = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
  }

  #write(message: ClientMessage): void {
    this.#port?.send(JSON.stringify(message));
  }

  #say(status: Status): void {
    if (this.#status === 'closed' || this.#status === status) return;
    this.#status = status;
    this.options.status(status);
  }
}
