/**
 * Sign in with a passkey: by the button, or out of the suggestions of the e-mail field where the
 * browser has that. Hidden where there are no passkeys; then the code by mail is the way.
 */
import { Ceremony } from './ceremony';
import { credentialText, requestOptions } from './codec';

const PATH = '/login/passkey';
const RENEW_MS = 9 * 60_000; // a challenge lives for ten minutes

class PasskeySignIn extends Ceremony {
  #suggested: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    if (!('PublicKeyCredential' in window)) return;
    super.connectedCallback();
    this.hidden = false;
    document.getElementById('by-mail')?.classList.remove('primary');
    void this.#suggest();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  protected override async ask(): Promise<PublicKeyCredential | null> {
    this.#stop(); // a browser asks for one credential at a time
    return this.#get({});
  }

  protected override async send(credential: PublicKeyCredential): Promise<void> {
    await this.post(PATH, { credential: credentialText(credential) });
  }

  async #get(how: CredentialRequestOptions): Promise<PublicKeyCredential | null> {
    const answer = await fetch(PATH, { headers: { Accept: 'application/json' } });
    const { options } = (await answer.json()) as { options: string };
    const publicKey = requestOptions(options);
    return (await navigator.credentials.get({ ...how, publicKey })) as PublicKeyCredential | null;
  }

  async #suggest(): Promise<void> {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    this.#stop();
    const mine = (this.#suggested = new AbortController());
    this.#timer = setTimeout(() => void this.#suggest(), RENEW_MS);
    try {
      const credential = await this.#get({ mediation: 'conditional', signal: mine.signal });
      if (credential) await this.send(credential);
    } catch {
      // Nobody asked for anything yet: what fails here is tried again by the button.
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#suggested?.abort();
    this.#suggested = undefined;
  }
}

customElements.define('passkey-sign-in', PasskeySignIn);
