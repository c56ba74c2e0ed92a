/** Joins the line, the media and the state of one room; the elements call it and draw what it holds. */
import { _ } from '../words';
import { anotherTicket, socketAddress, type Boot } from './boot';
import { codecNamed } from './codecs';
import { isSide, watches } from './seats';
import { lateSigners, shownSource } from './facts';
import type { Draft } from './hand';
import { DOUBT_MS, Link, type Port, type Status } from './link';
import { colorOf } from './marks-view';
import { Media } from './media';
import { seconds } from './meter';
import { Pace } from './pace';
import type { Point } from './picture';
import type { CalledPart, Pointer, Seat, ServerMessage } from './protocol';
import { canShowScreen, pickCamera, pickScreen, type Shown } from './share';
import { shelf, sweep } from './shelf';
import { Signer, unable } from './signer';
import { fresh, reduce, type Event, type RoomState } from './state';
import { Uploads } from './uploads';

export type ShareProblem = 'system' | 'failed';

const POINTER_MS = 50;
/** A line that is lost so soon after a doubt was lost with its network. */
const MOVED_MS = DOUBT_MS + 500;

/** Whether this page is the return of a tab that the browser had discarded. */
const thrownAway = () => (document as { wasDiscarded?: boolean }).wasDiscarded === true;

export class Conductor {
  state: RoomState;
  line: Status = 'opening';
  /** `performance.now()` of the last loss and of the last return. */
  lostMs: number | null = null;
  backMs: number | null = null;
  /** How long this device slept when the line was lost last, in ms; 0: it was awake. */
  sleptMs = 0;
  /** The browser had thrown this tab away; told when the line is there, until it is lost. */
  putAside = false;
  shareProblem: ShareProblem | null = null;
  /** The screen that was chosen: the id of its source, "own", or null, which leaves it to us. */
  chosen: string | null = null;
  readonly media: Media;
  readonly link: Link;
  readonly uploads: Uploads;
  readonly signer: Signer;
  #introduced = false;
  #doubtedMs = -Infinity;
  #moved = false;
  #sleptMs = 0;
  #pointing = false;
  #pointer = new Pace<Pointer>(POINTER_MS, (at) => this.link.send({ type: 'pointer', ...at }));

  constructor(
    readonly boot: Boot,
    private readonly changed: (before: RoomState) => void,
  ) {
    this.state = fresh(boot.participant, boot.number);
    this.link = new Link({
      connect: () => new WebSocket(socketAddress(boot.socket)) as unknown as Port,
      ticket: boot.ticket,
      newTicket: () => anotherTicket(boot),
      message: (message) => this.#take(message),
      status: (status) => this.#lined(status),
      agent: navigator.userAgent,
    });
    this.uploads = new Uploads({
      address: boot.files,
      csrf: boot.csrf,
      known: () => this.state,
      changed: () => this.redraw(),
      refused: (text) => this.refuse('file', text),
    });
    this.signer = new Signer({
      session: boot.number,
      shelf,
      send: (message) => this.link.send(message),
      doubted: (why, n) =>
        this.refuse(why, _('Minute {n} is not signed: its receipt is not what was shown', { n })),
      unable: unable(),
    });
    this.media = new Media({
      wire: {
        offer: (pc, generation, sdp) => this.link.send({ type: 'offer', pc, generation, sdp }),
        ice: (pc, generation, found) => {
          const candidate = found?.candidate || null;
          this.link.send({ type: 'ice', pc, generation, candidate, mid: found?.sdpMid ?? null });
        },
        accept: (pc, generation, sdp) => this.link.send({ type: 'accept', pc, generation, sdp }),
        trouble: (pc, generation, code) => {
          this.link.send({ type: 'trouble', pc, generation, code });
          if (code === 'disconnected') this.doubt();
        },
      },
      codec: codecNamed(boot.codec),
      wanted: () => this.#wanted(),
      watches: () => watches(this.state.me),
      changed: () => this.redraw(),
      screenEnded: () => this.stopShowing(),
    });
  }

  /** Opens the line and asks for the microphone; silence is sent until it answers. */
  open(): void {
    this.link.open();
    void this.#listen();
    if (unable() === null) sweep().catch(() => undefined); // where storage is closed there is nothing
  }

  close(): void {
    this.link.close();
    this.media.close();
  }

  /** The network may be another one, or was gone while the device slept for `sleptMs`. */
  doubt(sleptMs = 0): void {
    const now = performance.now();
    this.#sleptMs = sleptMs || (this.#isDoubted(now) ? this.#sleptMs : 0);
    this.#doubtedMs = now;
    if (this.line === 'lost') this.#blame();
    this.link.doubt();
  }

  /** What the session may cost; null: no limit. The server judges what was typed. */
  cap(sum: string | null): void {
    this.link.send({ type: 'cap', sum });
  }

  /** To a recording; the words agreed to are those that this page has shown. */
  consent(action: 'ask' | 'grant' | 'revoke'): void {
    this.link.send({ type: 'consent', action, text: this.state.recording?.text ?? '' });
  }

  /** Calls somebody into the session; the server judges whether that can be. */
  call(part: CalledPart, email: string, share_bp: number): void {
    this.link.send({ type: 'call', part, email, share_bp });
  }

  /** The client's answer to a call; of the host, `refuse` sends away. */
  answerCall(seat: Seat, action: 'agree' | 'refuse'): void {
    this.link.send({ type: 'call_answer', seat, action });
  }

  choose(source: string): void {
    this.chosen = source;
    this.redraw();
  }

  /** Goes on without the signatures of the side that does not sign. */
  waive(): void {
    const leg = lateSigners(this.state)[0];
    if (leg && leg !== this.state.me) this.link.send({ type: 'cosign_waive', leg });
  }

  start(): void {
    this.link.send({ type: 'start' });
  }

  pause(): void {
    this.link.send({ type: 'pause' });
  }

  resume(): void {
    this.link.send({ type: 'resume' });
  }

  end(): void {
    this.link.send({ type: 'end' });
  }

  say(text: string): void {
    const id = crypto.randomUUID();
    const line = { id, from: this.state.me, text, at: new Date().toISOString(), pending: true };
    this.#apply({ type: 'typed', line });
    this.link.send({ type: 'chat', id, text });
  }

  /** The source on the stage, own or theirs. */
  get source(): string | null {
    return shownSource(this.state, this.media.shown !== null, this.chosen);
  }

  /** Shows the other side a place on the picture; null: nowhere any more. */
  point(at: Point | null): void {
    const source = this.source;
    if (source === null || (!at && !this.#pointing)) return;
    this.#pointing = at !== null;
    this.#pointer.put(at ? { source, x: at[0], y: at[1] } : { source, hidden: true });
  }

  draw({ shape, points }: Draft): void {
    const { source } = this;
    if (source === null) return;
    const me = this.state.me;
    const mark = {
      id: crypto.randomUUID(),
      source,
      shape,
      points: [...points],
      color: colorOf(me),
    };
    this.#apply({ type: 'drawn', mark: { from: me, ...mark } });
    this.link.send({ type: 'mark', ...mark });
  }

  /** Takes all marks away, whoever drew them. */
  wipe(): void {
    this.link.send({ type: 'mark_clear', id: null });
  }

  /** Nothing of the server's changed, but something here did. */
  redraw(): void {
    this.changed(this.state);
  }

  /** What was asked for here cannot be done, and the server need not be asked. */
  refuse(code: string, text: string): void {
    this.#apply({ type: 'refused', code, text });
  }

  errorRead(): void {
    this.#apply({ type: 'error_read' });
  }

  /** Shows the screen, on a phone the camera. Called in the click; for the guest it is the start. */
  async show(): Promise<void> {
    this.shareProblem = null;
    try {
      const shown = await (canShowScreen() ? pickScreen() : pickCamera());
      if (shown) this.#showing(shown);
    } catch (error) {
      const { name = '' } = error as Partial<DOMException>;
      this.shareProblem = name === 'NotAllowedError' ? 'system' : 'failed';
    }
    this.redraw();
  }

  stopShowing(): void {
    this.media.hide();
    this.link.send({ type: 'media', screen: 'ended' });
    this.redraw();
  }

  async toggleMicrophone(): Promise<void> {
    const { mic, sound } = this.media;
    if (sound === 'silence') await mic.open();
    else mic.mute(sound === 'live');
    this.#claimSound();
  }

  async chooseMicrophone(deviceId: string): Promise<void> {
    await this.media.openMicrophone(deviceId);
    this.#claimSound();
  }

  #showing(shown: Shown): void {
    this.media.show(shown);
    this.link.send({ type: 'media', screen: 'live', surface: shown.surface });
    const { phase, me, payer, pressed } = this.state;
    const isStart = phase === 'together' && isSide(me) && me !== payer && !pressed.includes(me);
    if (isStart) this.start();
  }

  /** Sections are counted in advance: a source without one would be neither heard nor seen. */
  #wanted(): { audio: number; video: number } {
    const { me, sources } = this.state;
    const others = sources.filter(({ owner }) => owner !== me);
    const audio = others.filter(({ kind }) => kind === 'audio').length;
    return { audio, video: others.length - audio };
  }

  async #listen(): Promise<void> {
    if (watches(this.state.me)) return;
    await this.media.openMicrophone();
    this.#claimSound();
  }

  #claimSound(): void {
    this.link.send({ type: 'media', mic: this.media.sound });
    this.redraw();
  }

  /** The state first: what there is to receive is counted from it. */
  #take(message: ServerMessage): void {
    const back = message.type === 'resumed' || (message.type === 'welcome' && message.resumed);
    this.#apply({ type: 'server', message, nowMs: performance.now() });
    if (message.type === 'welcome' || message.type === 'resumed') {
      this.media.iceServers = message.ice_servers.map(({ urls, username, credential }) => ({
        urls,
        ...(username && credential ? { username, credential } : {}),
      }));
      if (back && this.#moved) this.media.move();
      else this.media.connect(!back);
      this.#moved = false;
    }
    this.media.take(message);
    if (message.type === 'bye') this.media.close();
    this.#cosign(message);
    if (back || message.type === 'welcome') this.#repeat(Boolean(back));
  }

  /** The key is brought once a welcome, after which the server may have forgotten nothing. */
  #cosign(message: ServerMessage): void {
    if (message.type === 'welcome') this.#introduced = false;
    const { me } = this.state;
    if (message.type === 'cosigners' && !this.#introduced && isSide(me)) {
      this.#introduced = true;
      void this.signer.introduce(me);
    }
    const { meter, clock } = this.state;
    if (message.type === 'bye' && message.code === 'ended')
      void this.signer.over(meter?.billed_minutes ?? 0);
    if (message.type !== 'receipts') return;
    const clockS = seconds(clock, performance.now());
    void this.signer.sign(message.receipts, { meter, clockS });
  }

  /** Says again what may have been lost with the last line; ids make repeats harmless. */
  #repeat(resumed: boolean): void {
    for (const { id, text, pending } of this.state.chat) {
      if (pending) this.link.send({ type: 'chat', id, text });
    }
    if (resumed || watches(this.state.me)) return;
    const { shown, sound } = this.media;
    const screen = shown ? ({ screen: 'live', surface: shown.surface } as const) : {};
    this.link.send({ type: 'media', mic: sound, ...screen });
  }

  #lined(status: Status): void {
    const now = performance.now();
    if (status === 'lost') {
      this.lostMs = now;
      this.#moved = this.putAside = false;
      this.sleptMs = 0;
      if (this.#isDoubted(now)) this.#blame();
    }
    if (status === 'open' && this.line === 'lost') this.backMs = now;
    if (status === 'open' && this.line === 'opening' && thrownAway())
      [this.putAside, this.backMs] = [true, now];
    if (status === 'open') this.lostMs = null;
    this.line = status;
    this.redraw();
  }

  #isDoubted(now: number): boolean {
    return now - this.#doubtedMs < MOVED_MS;
  }

  /** The line was lost with its network, perhaps by a sleep. */
  #blame(): void {
    this.#moved = true;
    this.sleptMs ||= this.#sleptMs;
  }

  #apply(event: Event): void {
    const before = this.state;
    this.state = reduce(before, event);
    this.changed(before);
  }
}
