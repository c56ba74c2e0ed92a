import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon, Part } from './drawing';
import { Fingers } from './fingers';
import { percent, WHOLE, zoom, zoomKey, type View } from './zoom';

const STEP = 1.25;

/**
 * The shared screen. The other side's can be looked at closer; the own one is a dim preview. What
 * else there is to say stands over it (`over`).
 */
export class StageView extends Part {
  static override properties = {
    stream: {},
    own: { type: Boolean },
    dim: { type: Boolean },
    over: {},
    chip: {},
    label: {},
    view: { state: true },
  };
  declare stream: MediaStream | null;
  declare own: boolean;
  declare dim: boolean;
  declare over: TemplateResult | typeof nothing;
  /** The clock, seen while the stage fills the whole screen. */
  declare chip: string;
  declare label: string;
  declare view: View;
  #fingers = new Fingers(
    () => this.view,
    (view) => (this.view = view),
  );

  constructor() {
    super();
    this.stream = null;
    this.own = this.dim = false;
    this.over = nothing;
    this.chip = this.label = '';
    this.view = WHOLE;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#key);
    this.addEventListener('wheel', this.#wheel, { passive: false });
  }

  toggleFull(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.requestFullscreen?.();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('stream') && !changed.has('view') && !changed.has('own')) return;
    const video = this.querySelector('video');
    if (!video) return;
    if (video.srcObject !== this.stream) {
      video.srcObject = this.stream;
      this.view = WHOLE;
      void video.play().catch(() => undefined);
    }
    const { scale, x, y } = this.own ? WHOLE : this.view;
    video.style.transform =
      scale === 1 ? '' : `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
  }

  protected override render(): TemplateResult {
    const zoomable = this.stream && !this.own;
    return html`
      ${
        this.stream
          ? html`<div
              class=${['screen', this.own ? 'own' : '', this.dim ? 'dim' : ''].join(' ').trim()}
              role=${zoomable ? 'group' : nothing}
              aria-label=${zoomable ? this.label : nothing}
              tabindex=${zoomable ? 0 : nothing}
              @pointerdown=${this.#fingers.down}
              @pointermove=${this.#fingers.move}
              @pointerup=${this.#fingers.up}
              @pointercancel=${this.#fingers.up}
              @dblclick=${this.#double}
            >
              <video autoplay playsinline muted .muted=${true} aria-label=${this.label}></video>
            </div>`
          : nothing
      }
      ${this.over} ${zoomable ? this.#tools() : nothing}
      <p class="chip" aria-hidden="true">${this.chip}</p>
    `;
  }

  #tools(): TemplateResult {
    const at = this.view.scale;
    return html`<div class="zoom" role="group" aria-label=${_('Zoom')}>
      <button
        type="button"
        class="quiet square"
        aria-label=${_('Zoom out')}
        ?disabled=${at === 1}
        @click=${() => (this.view = zoom(this.view, 1 / STEP))}
      >
        ${icon('minus')}
      </button>
      <output>${percent(this.view)}</output>
      <button
        type="button"
        class="quiet square"
        aria-label=${_('Zoom in')}
        @click=${() => (this.view = zoom(this.view, STEP))}
      >
        ${icon('plus')}
      </button>
      <button
        type="button"
        class="quiet square full"
        aria-label=${_('Full screen')}
        aria-keyshortcuts="F"
        @click=${() => this.toggleFull()}
      >
        ${icon('maximize')}
      </button>
    </div>`;
  }

  #key = (event: KeyboardEvent): void => {
    if (this.own || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = zoomKey(this.view, event.key);
    if (!view) return;
    event.preventDefault();
    this.view = view;
  };

  /** Ctrl and wheel, which is also what a pinch on a touch pad is. */
  #wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey || this.own || !this.stream) return;
    event.preventDefault();
    const [x, y] = this.#fingers.place(event, this);
    this.view = zoom(this.view, Math.exp(-event.deltaY / 200), x, y);
  };

  #double(event: MouseEvent): void {
    if (this.own) return;
    const [x, y] = this.#fingers.place(event, this);
    this.view = this.view.scale > 1 ? WHOLE : zoom(this.view, 2, x, y);
  }
}

customElements.define('stage-view', StageView);
