import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { announcement, type Announcement } from './announce';
import { banner, type Action, type Local } from './banner';
import { boot } from './boot';
import { openCap } from './cap';
import { card, showingWords, type Acts } from './cards';
import './chat-panel';
import type { ChatPanel } from './chat-panel';
import { listWords, nameOf, onStage, OWN } from './company';
import { callNotice, companyButton, screenChoice } from './company-view';
import { Conductor } from './conductor';
import { controls, endDialog } from './controls';
import { Part } from './drawing';
import { commandOf } from './keys';
import { clockText, seconds } from './meter';
import { follow, recordButton, recordDialog } from './recording';
import { settings } from './settings';
import { Speaker } from './speaker';
import './stage-view';
import type { StageView } from './stage-view';
import { fileList } from './file-list';
import { namesOf, underway } from './facts';
import type { Draft } from './hand';
import type { Point } from './picture';
import type { RoomPage } from './page';
import type { RoomState } from './state';
import { bannerView, meterView, stripView, tag, title } from './views';
import { Hush, Sleep, Wake } from './wake';

const DRAW_MS = 250;
const PAID_MS = 600;
const GOODBYE_MS = 300;
const HOME = '/dashboard';
const OVER = new Set(['ended', 'sent_away']);
const WIDE = '(min-width: 64rem)';

/** The room: draws what the conductor holds and passes on what is pressed. */
export class SessionRoom extends Part implements RoomPage {
  static override properties = { chatOpen: { state: true }, copied: { state: true } };
  declare chatOpen: boolean;
  declare copied: boolean;
  readonly conductor = new Conductor(boot(), (before) => this.#changed(before));
  #speaker = new Speaker(() => this.requestUpdate());
  #wake = new Wake();
  #sleep = new Sleep();
  #hush = new Hush();
  #said: Announcement | null = null;
  #read = 0;
  #paidMs = -Infinity;
  #toppedUpMs: number | null = null;
  #leaving = false;

  constructor() {
    super();
    this.chatOpen = matchMedia(WIDE).matches;
    this.copied = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.conductor.open();
    setInterval(() => this.#tick(), DRAW_MS);
    addEventListener('online', () => this.conductor.doubt());
    const { connection } = navigator as { connection?: EventTarget };
    connection?.addEventListener('change', () => this.conductor.doubt());
    addEventListener('keydown', (event) => this.#command(event));
    addEventListener('beforeunload', (event) => {
      if (underway(this.conductor.state) && !this.#leaving) event.preventDefault();
    });
    addEventListener('pagehide', () => this.conductor.close());
  }

  protected override render(): TemplateResult {
    const { conductor } = this;
    const { state } = conductor;
    const now = performance.now();
    const stage = onStage(state, conductor.media.shown !== null, conductor.chosen);
    const names = namesOf(state);
    const shown = stage && stage !== OWN ? nameOf(state, stage.owner) : state.peer.name;
    const label = _('Screen: {name}', { name: shown ?? '' });
    return html`
      ${this.#banner(now)}
      <header class="room-head">
        ${tag(state)}
        <h1>${state.peer.name ?? (state.topic || _('Session'))}</h1>
        <p class="muted">${listWords(state) || (state.peer.name ? state.topic : '')}</p>
        ${recordButton(this)} ${companyButton(this)} ${settings(conductor)}
      </header>
      <stage-view
        .stream=${this.#picture(stage)}
        ?own=${stage === OWN}
        ?dim=${state.phase === 'paused'}
        .over=${this.#over()}
        .chip=${underway(state) ? clockText(seconds(state.clock, now)) : ''}
        .label=${label}
        .source=${underway(state) ? conductor.source : null}
        .me=${state.me}
        .names=${names}
        .drawing=${state.drawing}
        @point=${(event: CustomEvent<Point | null>) => conductor.point(event.detail)}
        @draw=${(event: CustomEvent<Draft>) => conductor.draw(event.detail)}
        @wipe=${() => conductor.wipe()}
      ></stage-view>
      <chat-panel
        .lines=${state.chat}
        .me=${state.me}
        .names=${names}
        .files=${fileList(state.files, state.me, conductor.uploads, conductor.boot.files)}
        ?open=${this.chatOpen}
        ?hidden=${!this.chatOpen}
        @say=${(event: CustomEvent<string>) => conductor.say(event.detail)}
        @give=${(event: CustomEvent<File>) => void conductor.uploads.give(event.detail)}
        @shut=${() => this.toggleChat(false)}
      ></chat-panel>
      <footer class="room-foot">
        ${screenChoice(this)} ${stripView(state)}
        ${meterView(state, now, now - this.#paidMs < PAID_MS)} ${controls(this, this.#unread())}
      </footer>
      ${endDialog(this)} ${recordDialog(this)} ${this.#voice()}
    `;
  }

  toggleChat(open = !this.chatOpen): void {
    const inside = this.querySelector('chat-panel')?.contains(document.activeElement);
    this.chatOpen = open;
    if (open) this.querySelector<ChatPanel>('chat-panel')?.enter();
    else if (inside) this.querySelector<HTMLElement>('[data-chat]')?.focus();
  }

  /** Whoever was called in goes; the two sides end the session instead. */
  leave(): void {
    this.conductor.close();
    this.#leave(HOME);
  }

  #banner(now: number): TemplateResult | typeof nothing {
    const { state, boot } = this.conductor;
    const found = banner(state, this.#local(), now);
    const asked = found?.kind === 'danger' ? null : callNotice(this);
    return asked ?? bannerView(found, boot.top_up, this.#act);
  }

  #picture(stage: ReturnType<typeof onStage>): MediaStream | null {
    const { media } = this.conductor;
    if (stage === OWN) return media.shown?.stream ?? null;
    return stage && media.picture(stage.id);
  }

  #over(): TemplateResult | typeof nothing {
    const { state, media, boot } = this.conductor;
    const showing = media.shown !== null;
    const around = { invite: boot.invite, topUp: boot.top_up, copied: this.copied, showing };
    const acts: Acts = {
      start: () => this.conductor.start(),
      show: () => void this.conductor.show(),
      copyInvite: () => void this.#copy(boot.invite ?? ''),
    };
    return html`${
      media.shown ? html`<p class="showing">${showingWords(media.shown.surface)}</p>` : nothing
    }
    ${card(state, around, acts)} ${this.#speaker.button()}`;
  }

  #voice(): TemplateResult {
    const { text = '', urgent = false } = this.#said ?? {};
    return html`<p class="unseen" role="status">${urgent ? '' : text}</p>
      <p class="unseen" role="alert">${urgent ? text : ''}</p>`;
  }

  #local(): Local {
    const { line, lostMs, backMs, sleptMs, putAside, shareProblem, media } = this.conductor;
    const toppedUpMs = this.#toppedUpMs;
    const { refusal, hearing } = media.mic;
    const unheard = media.sound === 'muted' && hearing.speech.lasts(performance.now());
    const { chatOpen } = this;
    const own = { shareProblem, toppedUpMs, refusal, unheard, chatOpen };
    return { line, lostMs, backMs, sleptMs, putAside, ...own };
  }

  #unread(): number {
    const { chat, me } = this.conductor.state;
    const theirs = chat.filter(({ from }) => from !== me).length;
    if (this.chatOpen && !document.hidden) this.#read = theirs;
    return theirs - this.#read;
  }

  #act = (action: Action): void => {
    if (action === 'reload') location.reload();
    if (action === 'microphone') void this.conductor.toggleMicrophone();
    if (action === 'cap') openCap(this);
    if (action === 'files') this.toggleChat(true);
    if (action === 'waive') this.conductor.waive();
    if (action === 'close') this.conductor.errorRead();
  };

  async #copy(text: string): Promise<void> {
    this.querySelector<HTMLInputElement>('#invite')?.select();
    await navigator.clipboard.writeText(text).then(
      () => (this.copied = true),
      () => undefined,
    );
  }

  #command(event: KeyboardEvent): void {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    if (command === 'microphone') void this.conductor.toggleMicrophone();
    if (command === 'chat') this.toggleChat();
    if (command === 'full') this.querySelector<StageView>('stage-view')?.toggleFull();
  }

  #tick(): void {
    const { state, media } = this.conductor;
    const sleptMs = this.#sleep.look(Date.now());
    const hushed = this.#hush.look(media.heard, performance.now());
    if (sleptMs || hushed) this.conductor.doubt(sleptMs);
    media.mic.hearing.look(performance.now());
    document.title = title(state, performance.now(), this.#unread());
    this.#wake.keep(underway(state));
    this.requestUpdate();
  }

  #changed(before: RoomState): void {
    const { state, media } = this.conductor;
    this.#said = announcement(before, state) ?? this.#said;
    const now = performance.now();
    if ((state.meter?.billed_minutes ?? 0) > (before.meter?.billed_minutes ?? 0))
      this.#paidMs = now;
    if (before.warning && !state.warning && underway(state)) this.#toppedUpMs = now;
    this.#speaker.play(media.voices);
    if (state.bye && OVER.has(state.bye.code)) this.#leave(state.bye.url);
    this.requestUpdate();
    void this.updateComplete.then(() => follow(this, before));
  }

  #leave(url: string | null): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.classList.add('leaving');
    setTimeout(() => location.assign(url ?? this.conductor.boot.result), GOODBYE_MS);
  }
}

customElements.define('session-room', SessionRoom);
