/**
 * The others' voices, each by a player of its own. A browser may refuse to sound before a click:
 * then there is a button.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon } from './drawing';

export class Speaker {
  #players: HTMLAudioElement[] = [];
  #blocked = false;

  constructor(private readonly changed: () => void) {}

  /** What is played already goes on; with nothing new, the last goes on too. */
  play(streams: readonly MediaStream[]): void {
    if (!streams.length) return;
    let changed = false;
    streams.forEach((stream, n) => {
      const player = this.#player(n);
      if (player.srcObject === stream) return;
      player.srcObject = stream;
      changed = true;
    });
    for (const spare of this.#players.splice(streams.length)) spare.srcObject = null;
    if (changed) this.#try();
  }

  #player(n: number): HTMLAudioElement {
    const found = this.#players[n] ?? new Audio();
    found.autoplay = true;
    this.#players[n] = found;
    return found;
  }

  button(): TemplateResult | typeof nothing {
    if (!this.#blocked) return nothing;
    return html`<button type="button" class="primary sound" @click=${() => this.#try()}>
      ${icon('volume-2')}${_('Turn the sound on')}
    </button>`;
  }

  #try(): void {
    this.#blocked = false;
    for (const player of this.#players) player.play().catch((error) => this.#failed(error));
    this.changed();
  }

  /** A stream replaced while it starts aborts the call: only a refusal is worth a button. */
  #failed({ name }: Partial<DOMException>): void {
    if (name !== 'NotAllowedError') return;
    this.#blocked = true;
    this.changed();
  }
}
