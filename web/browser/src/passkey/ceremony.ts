/** A button that asks the browser for a passkey, sends the answer and says what was wrong. */
type Answer = { location?: string; text?: string };

export abstract class Ceremony extends HTMLElement {
  protected get button(): HTMLButtonElement | null {
    return this.querySelector('button');
  }

  connectedCallback(): void {
    this.button?.addEventListener('click', () => void this.run());
  }

  /** What the browser gave, or null when the person chose nothing. */
  protected abstract ask(): Promise<PublicKeyCredential | null>;
  protected abstract send(credential: PublicKeyCredential): Promise<void>;

  protected async run(): Promise<void> {
    if (this.button?.getAttribute('aria-disabled')) return;
    this.say('');
    this.button?.setAttribute('aria-disabled', 'true');
    try {
      const credential = await this.ask();
      if (credential) await this.send(credential);
    } catch (error) {
      this.say(this.why(error));
    } finally {
      this.button?.removeAttribute('aria-disabled');
    }
  }

  /** Post fields to a path; when they are taken the browser goes where the answer says. */
  protected async post(path: string, fields: Record<string, string>): Promise<void> {
    const token = document.querySelector<HTMLMetaElement>('meta[name=csrf]')?.content ?? '';
    const next = this.dataset['next'] ?? '/';
    const answer = await fetch(path, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'X-CSRF-Token': token,
      },
      body: JSON.stringify({ ...fields, next }),
    });
    const told = (await answer.json()) as Answer;
    if (answer.ok && told.location) return location.assign(told.location);
    const many = answer.status === 429 ? this.dataset['many'] : undefined;
    this.say(told.text ?? many ?? this.dataset['broken'] ?? '');
  }

  protected why(error: unknown): string {
    const known = error instanceof DOMException;
    return (known ? this.dataset['cancelled'] : this.dataset['broken']) ?? '';
  }

  protected say(text: string): void {
    const place = this.querySelector<HTMLElement>('[role=alert]');
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }
}
