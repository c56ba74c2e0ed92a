import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { _ } from '../words';
import { hourText } from './banner';
import { icon, Part } from './drawing';
import { CHAT_CHARS_MAX, type Seat } from './protocol';
import type { Line } from './state';

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/;

/** Links become links; everything else stays the text it is. */
function linked(text: string): (string | TemplateResult)[] {
  return text
    .split(LINK)
    .map((part, n) =>
      n % 2
        ? html`<a href=${part} target="_blank" rel="noopener noreferrer nofollow">${part}</a>`
        : part,
    );
}

/** The conversation in text, and files. Fires `say` with the text, `give` with a file, `shut`. */
export class ChatPanel extends Part {
  static override properties = {
    lines: {},
    me: {},
    names: {},
    files: {},
    open: { type: Boolean },
  };
  declare lines: readonly Line[];
  declare me: Seat;
  declare names: Readonly<Partial<Record<Seat, string>>>;
  declare files: TemplateResult | typeof nothing;
  declare open: boolean;

  constructor() {
    super();
    this.lines = [];
    this.me = 'client';
    this.names = {};
    this.files = nothing;
    this.open = false;
  }

  /** Focus goes into an opened panel. */
  enter(): void {
    void this.updateComplete.then(() => this.querySelector('textarea')?.focus());
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('lines') && !changed.has('open')) return;
    const log = this.querySelector('.chat');
    log?.scrollTo({ top: log.scrollHeight });
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <h2 id="chat-title">${_('Chat')}</h2>
        <button
          type="button"
          class="quiet square"
          aria-label=${_('Close the chat')}
          @click=${() => this.dispatchEvent(new CustomEvent('shut'))}
        >
          ${icon('x')}
        </button>
      </header>
      <div class="chat" role="log" aria-labelledby="chat-title" tabindex="0">
        ${
          this.lines.length
            ? this.lines.map((line) => this.#line(line))
            : html`<p class="chat-empty">
                ${_('What is written here stays in the session record')}
              </p>`
        }
      </div>
      ${this.files}
      <form class="say" @submit=${this.#submit}>
        <textarea
          rows="1"
          name="text"
          maxlength=${CHAT_CHARS_MAX}
          aria-label=${_('Message')}
          placeholder=${_('Message')}
          @keydown=${this.#key}
        ></textarea>
        <button
          type="button"
          class="quiet square"
          aria-label=${_('Give a file')}
          title=${_('Give a file')}
          @click=${() => this.querySelector<HTMLInputElement>('input[type=file]')?.click()}
        >
          ${icon('paperclip')}
        </button>
        <input type="file" hidden multiple @change=${this.#give} />
        <button class="square" aria-label=${_('Send')}>${icon('send')}</button>
      </form>
    `;
  }

  /** The same file can be chosen again afterwards. */
  #give(event: Event): void {
    const input = event.target as HTMLInputElement;
    for (const detail of input.files ?? []) this.dispatchEvent(new CustomEvent('give', { detail }));
    input.value = '';
  }

  #line({ from, text, at, pending }: Line): TemplateResult {
    const mine = from === this.me;
    const who = mine ? _('You') : (this.names[from] ?? '');
    const state = pending ? html`, ${_('sending')}` : nothing;
    return html`<div class=${mine ? 'msg me' : 'msg'}>
      <p class="msg-who">${who}, <time datetime=${at}>${hourText(at)}</time>${state}</p>
      <p class="msg-text">${linked(text)}</p>
    </div>`;
  }

  /** Enter sends, Shift and Enter makes a new line; a word being composed is left alone. */
  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.dispatchEvent(new CustomEvent('shut'));
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const text = String(new FormData(form).get('text') ?? '').trim();
    if (text) this.dispatchEvent(new CustomEvent('say', { detail: text }));
    form.reset();
  }
}

customElements.define('chat-panel', ChatPanel);
