/** On a phone, before joining: what the browser cannot show there, and the way to a computer. */
import { icon } from './icon';
import { canShowScreen } from './room/share';
import { _ } from './words';

class PhoneNote extends HTMLElement {
  connectedCallback(): void {
    if (canShowScreen()) return;
    const text = document.createElement('p');
    text.textContent = _(
      "A phone's browser cannot show its screen. You can show the camera, or open this link on a computer",
    );
    const status = document.createElement('span');
    status.role = 'status';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'low';
    button.append(icon('share-2'), _('Send the link'));
    button.addEventListener('click', () => void this.#send(status));
    this.className = 'banner';
    this.replaceChildren(icon('smartphone'), text, button, status);
  }

  /** Shares where the device can, else copies. */
  async #send(status: HTMLElement): Promise<void> {
    try {
      if (typeof navigator.share === 'function')
        return await navigator.share({ url: location.href });
      await navigator.clipboard.writeText(location.href);
      status.textContent = _('Copied');
    } catch {
      // Closing the sheet rejects the promise: a choice and not an error.
    }
  }
}

customElements.define('phone-note', PhoneNote);
