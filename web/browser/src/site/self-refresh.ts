/** While something is pending the page looks again by itself, a bounded number of times. */
class SelfRefresh extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const { seconds = '3', times = '40' } = this.dataset;
    const key = `minuta.refresh:${location.pathname}`;
    const done = Number(sessionStorage.getItem(key) ?? 0);
    if (done >= Number(times)) return;
    this.#timer = setTimeout(
      () => {
        sessionStorage.setItem(key, String(done + 1));
        location.reload();
      },
      Number(seconds) * 1000,
    );
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
  }
}

customElements.define('self-refresh', SelfRefresh);
