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
    if (changed) void this.#try();
  }

  #player(n: number): HTMLAudioElement {
    const found = this.#players[n] ?? new Audio();
    found.autoplay = true;
    this.#players[n] = found;
    return found;
  }

  button(): TemplateResult | typeof nothing {
    if (!this.#blocked) return nothing;
    return html`<button type="button" class="primary sound" @click=${() => void this.#try()}>
      ${icon('volume-2')}${_('Turn the sound on')}
    </button>`;
  }

  async #try(): Promise<void> {
    try {
      await Promise.all(this.#players.map((player) => player.play()));
      this.#blocked = false;
    } catch (error) {
      // A stream replaced while it starts aborts the call: only a refusal is worth a button.
      this.#blocked = (error as Partial<DOMException>).name === 'NotAllowedError';
    }
    this.changed();
  }
}
