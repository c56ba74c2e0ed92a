/** Before a session: whether this browser shows a window, tried for oneself alone. */
import { icon } from './icon';
import { canShowScreen, pickScreen } from './room/share';
import { _ } from './words';

class ScreenTest extends HTMLElement {
  #stream: MediaStream | null = null;
  readonly #button = document.createElement('button');
  readonly #said = document.createElement('p');

  connectedCallback(): void {
    if (!canShowScreen()) return;
    this.#said.role = 'status';
    this.#button.type = 'button';
    this.#button.addEventListener('click', () => void this.#press());
    this.#show(null);
    addEventListener('pagehide', () => this.#show(null));
  }

  async #press(): Promise<void> {
    if (this.#stream) return this.#show(null);
    try {
      const picked = await pickScreen();
      if (!picked) return;
      picked.track.addEventListener('ended', () => this.#show(null));
      this.#show(picked.stream);
    } catch {
      this.#said.textContent = _(
        'The system does not let the browser show the screen. Allow it in privacy settings',
      );
    }
  }

  /** The picture with a way to stop it, or the way to begin. */
  #show(stream: MediaStream | null): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = stream;
    this.#said.textContent = stream ? _('The screen works: this is what the consultant sees') : '';
    this.#button.replaceChildren(
      icon(stream ? 'monitor-x' : 'monitor-up'),
      stream ? _('Stop showing') : _('Show my screen'),
    );
    this.replaceChildren(this.#button, this.#said);
    if (!stream) return;
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    video.className = 'shot';
    video.srcObject = stream;
    this.append(video);
  }
}

customElements.define('screen-test', ScreenTest);
