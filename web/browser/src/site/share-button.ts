/** The device's own sharing; hidden where there is none, the link beside it is enough there. */
class ShareButton extends HTMLElement {
  connectedCallback(): void {
    if (!('share' in navigator)) return;
    this.hidden = false;
    this.querySelector('button')?.addEventListener('click', () => {
      const { title = '', text = '', url = location.href } = this.dataset;
      // Closing the sheet rejects the promise; that is a choice and not an error.
      navigator.share({ title, text, url }).catch(() => undefined);
    });
  }
}

customElements.define('share-button', ShareButton);
