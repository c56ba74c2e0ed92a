/**
 * Counts what is ticked in its form, on this page and on others, says it on the button and gives a
 * button that ticks the whole page. Without it the server counts, one page later.
 */
class TickCount extends HTMLElement {
  connectedCallback(): void {
    const form = this.closest('form');
    if (!form) return;
    form.addEventListener('change', () => this.#tell(form));
    addEventListener('pageshow', () => this.#tell(form)); // boxes as the browser kept them
    const all = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'quiet',
      textContent: this.dataset['all'] ?? '',
    });
    all.addEventListener('click', () => this.#tickAll(form));
    this.querySelector('[name=do]')?.before(all);
    this.#tell(form);
  }

  #boxes(form: HTMLFormElement): HTMLInputElement[] {
    return [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox][name=n]')];
  }

  #tickAll(form: HTMLFormElement): void {
    const boxes = this.#boxes(form);
    const wanted = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = wanted;
    this.#tell(form);
  }

  #tell(form: HTMLFormElement): void {
    const here = this.#boxes(form).filter((box) => box.checked).length;
    const count = here + Number(this.dataset['elsewhere'] ?? 0);
    const button = this.querySelector<HTMLButtonElement>('[value=ticked]');
    const words = button?.querySelector('span');
    if (!button || !words) return;
    words.textContent = (this.dataset['words'] ?? '#').replace('#', String(count));
    button.disabled = count === 0;
    button.classList.toggle('primary', count > 0);
    this.querySelector('[value=found]')?.classList.toggle('primary', count === 0);
  }
}

customElements.define('tick-count', TickCount);
