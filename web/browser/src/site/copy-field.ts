/**
 * A read-only field with buttons that copy (`data-copy`) or share (`data-share`) what it holds.
 * They come hidden: without this script the field alone is enough.
 */
import { _ } from '../words';

class CopyField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input');
    if (!input) return;
    this.#wake('data-copy', true, () => void this.#copy(input));
    this.#wake('data-share', 'share' in navigator, () => {
      // Closing the sheet rejects the promise; that is a choice and not an error.
      navigator.share({ title: document.title, url: input.value }).catch(() => undefined);
    });
  }

  #wake(name: string, possible: boolean, act: () => void): void {
    const button = this.querySelector<HTMLButtonElement>(`button[${name}]`);
    if (!button || !possible) return;
    button.hidden = false;
    button.addEventListener('click', act);
  }

  async #copy(input: HTMLInputElement): Promise<void> {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      this.#say(_('Copied'));
    } catch {
      this.#say(_('The link is selected, press Ctrl+C'));
    }
  }

  #say(text: string): void {
    const status = this.querySelector('[role=status]') ?? document.createElement('span');
    status.role = 'status';
    status.className = 'small';
    if (!status.isConnected) this.append(status);
    status.textContent = text;
  }
}

customElements.define('copy-field', CopyField);
