/**
 * A form that goes once: after the first submit its button says "…" and sends no more. With
 * `data-confirm` it asks first; `data-yes` and `data-no` name the two answers.
 */
class OnceForm extends HTMLElement {
  #sure = false;
  #sent = false;

  connectedCallback(): void {
    const form = this.querySelector('form');
    form?.addEventListener('submit', (event) => this.#submit(event, form));
    // A page taken out of the back-forward cache can be sent again.
    addEventListener('pageshow', (event) => event.persisted && location.reload());
  }

  #submit(event: SubmitEvent, form: HTMLFormElement): void {
    if (this.#sent) return event.preventDefault();
    const question = this.dataset['confirm'];
    if (question && !this.#sure) {
      event.preventDefault();
      return this.#ask(question, form, event.submitter);
    }
    this.#sent = true;
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    button.setAttribute('aria-disabled', 'true');
    button.append('\u2026');
  }

  #ask(question: string, form: HTMLFormElement, submitter: HTMLElement | null): void {
    const dialog = document.createElement('dialog');
    dialog.className = 'ask';
    const text = Object.assign(document.createElement('h2'), { textContent: question, id: 'ask' });
    dialog.setAttribute('aria-labelledby', text.id);
    const answer = (label: string, kind: string, act: () => void) => {
      const button = Object.assign(document.createElement('button'), { textContent: label });
      button.type = 'button';
      button.className = kind;
      button.addEventListener('click', () => (dialog.close(), act()));
      return button;
    };
    const row = Object.assign(document.createElement('div'), { className: 'row' });
    row.append(
      answer(this.dataset['yes'] ?? 'OK', this.dataset['kind'] ?? 'primary', () => {
        this.#sure = true;
        form.requestSubmit(submitter);
      }),
      answer(this.dataset['no'] ?? '\u2715', '', () => undefined),
    );
    dialog.append(text, row);
    dialog.addEventListener('close', () => dialog.remove());
    this.append(dialog);
    dialog.showModal();
  }
}

customElements.define('once-form', OnceForm);
