/** A read-only field with a button that copies it; says so in place. */
class CopyField extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector('button');
    if (!button) return;
    button.hidden = false;
    button.addEventListener('click', () => void this.#copy());
  }

  async #copy(): Promise<void> {
    const input = this.querySelector('input');
    const status = this.querySelector<HTMLElement>('[role=status]');
    if (!input || !status) return;
    input.select();
    const { copied = '', selected = '' } = status.dataset;
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = copied;
    } catch {
      status.textContent = selected;
    }
  }
}

customElements.define('copy-field', CopyField);
