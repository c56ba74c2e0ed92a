/** The other side's voice. A browser may refuse to sound before a click: then there is a button. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon } from './drawing';

export class Speaker {
  #audio = new Audio();
  #blocked = false;

  constructor(private readonly changed: () => void) {
    this.#audio.autoplay = true;
  }

  play(stream: MediaStream | null): void {
    if (!stream || this.#audio.srcObject === stream) return;
    this.#audio.srcObject = stream;
    void this.#try();
  }

  button(): TemplateResult | typeof nothing {
    if (!this.#blocked) return nothing;
    return html`<button type="button" class="primary sound" @click=${() => void this.#try()}>
      ${icon('volume-2')}${_('Turn the sound on')}
    </button>`;
  }

  async #try(): Promise<void> {
    try {
      await this.#audio.play();
      this.#blocked = false;
    } catch (error) {
      // A stream replaced while it starts aborts the call: only a refusal is worth a button.
      this.#blocked = (error as Partial<DOMException>).name === 'NotAllowedError';
    }
    this.changed();
  }
}
