/** Make a passkey on this device and give the server its public half. */
import { Ceremony } from './ceremony';
import { creationOptions, credentialText } from './codec';

class PasskeyAdd extends Ceremony {
  override connectedCallback(): void {
    super.connectedCallback();
    if ('PublicKeyCredential' in window) return;
    this.button?.setAttribute('disabled', '');
    this.say(this.dataset['without'] ?? '');
  }

  protected override async ask(): Promise<PublicKeyCredential | null> {
    const name = this.querySelector('input');
    if (name && !name.reportValidity()) return null;
    const publicKey = creationOptions(this.dataset['options'] ?? '{}');
    return (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  }

  protected override async send(credential: PublicKeyCredential): Promise<void> {
    const name = this.querySelector('input')?.value ?? '';
    const fields = { credential: credentialText(credential), name };
    await this.post('/settings/security/passkeys', fields);
  }

  protected override why(error: unknown): string {
    const known = error instanceof DOMException && error.name === 'InvalidStateError';
    return (known ? this.dataset['known'] : undefined) ?? super.why(error);
  }
}

customElements.define('passkey-add', PasskeyAdd);
