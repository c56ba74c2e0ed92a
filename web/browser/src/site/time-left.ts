/** Counts down from `data-seconds` with a clock that nobody can set; ends with `data-done`. */
import { clockText } from '../room/meter';

class TimeLeft extends HTMLElement {
  #timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    const ends = performance.now() + Number(this.dataset['seconds'] ?? 0) * 1000;
    const shown = this.querySelector('span') ?? this;
    const show = () => {
      const left = Math.ceil((ends - performance.now()) / 1000);
      shown.textContent = left > 0 ? clockText(left) : (this.dataset['done'] ?? clockText(0));
      if (left <= 0) this.disconnectedCallback();
    };
    this.#timer = setInterval(show, 1000);
    show();
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }
}

customElements.define('time-left', TimeLeft);
