import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon, Part } from './drawing';
import { BLANK, type Drawing } from './drawing-state';
import { Fingers } from './fingers';
import { Hand, type Draft, type Tool } from './hand';
import { marksView, toolBar } from './marks-view';
import { frameOf, isOn, placeAt, type Frame, type Point } from './picture';
import type { Seat } from './protocol';
import { percent, WHOLE, zoom, zoomKey, type View } from './zoom';

const STEP = 1.25;

/**
 * The shared screen. The other side's can be looked at closer; the own one is a dim preview. On
 * both one can point and draw: fires `point` (a place or null), `draw` (a draft) and `wipe`. What
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
    source: {},
    me: {},
    names: {},
    drawing: {},
    view: { state: true },
    tool: { state: true },
  };
  declare stream: MediaStream | null;
  declare own: boolean;
  declare dim: boolean;
  declare over: TemplateResult | typeof nothing;
  /** The clock, seen while the stage fills the whole screen. */
  declare chip: string;
  declare label: string;
  /** The id of what is shown, where it can be drawn on. */
  declare source: string | null;
  declare me: Seat;
  declare names: Readonly<Partial<Record<Seat, string>>>;
  declare drawing: Drawing;
  declare view: View;
  declare tool: Tool | null;
  #fingers = new Fingers(
    () => (this.own ? WHOLE : this.view),
    (view) => !this.own && (this.view = view),
    () => this.tool === null,
  );
  #hand = new Hand({
    tool: () => (this.source === null ? null : this.tool),
    place: (event) => this.#place(event),
    point: (at) => this.#tell('point', at),
    draw: (draft) => this.#tell('draw', draft),
    changed: () => this.requestUpdate(),
  });
  #size = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.stream = null;
    this.own = this.dim = false;
    this.over = nothing;
    this.chip = this.label = '';
    this.source = this.tool = null;
    this.me = 'client';
    this.names = { host: '', client: '' };
    this.drawing = BLANK;
    this.view = WHOLE;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#key);
    this.addEventListener('wheel', this.#wheel, { passive: false });
    this.#size.observe(this);
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
    const drawable = this.stream !== null && this.source !== null;
    const reachable = zoomable || drawable;
    const { source, drawing, me, names } = this;
    const { draft, cursor } = this.#hand;
    const frame = this.#frame();
    return html`
      ${
        this.stream
          ? html`<div
              class=${this.#classes(drawable)}
              role=${reachable ? 'group' : nothing}
              aria-label=${reachable ? this.label : nothing}
              tabindex=${reachable ? 0 : nothing}
              @pointerdown=${this.#down}
              @pointermove=${this.#move}
              @pointerup=${this.#up}
              @pointercancel=${this.#cancel}
              @pointerleave=${this.#hand.leave}
              @dblclick=${this.#double}
            >
              <video
                autoplay
                playsinline
                muted
                .muted=${true}
                aria-label=${this.label}
                @resize=${() => this.requestUpdate()}
              ></video>
              ${marksView({ frame, source, drawing, draft, cursor, me, names })}
            </div>`
          : nothing
      }
      ${this.over} ${drawable ? this.#drawTools() : nothing} ${zoomable ? this.#tools() : nothing}
      <p class="chip" aria-hidden="true">${this.chip}</p>
    `;
  }

  #classes(drawable: boolean): string {
    const drawing = drawable && this.tool ? 'drawing' : '';
    return ['screen', this.own ? 'own' : '', this.dim ? 'dim' : '', drawing].join(' ').trim();
  }

  #drawTools(): TemplateResult {
    const wipe = () => this.#tell('wipe', null);
    return toolBar(this.tool, (tool) => this.#take(tool), this.drawing.marks.length ? wipe : null);
  }

  #take(tool: Tool | null): void {
    this.#hand.drop();
    this.#hand.cursor = null;
    this.#tell('point', null);
    this.tool = tool;
  }

  #tell(name: string, detail: Point | Draft | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #frame(): Frame | null {
    const video = this.querySelector('video');
    if (!video) return null;
    const stage = { width: this.clientWidth, height: this.clientHeight };
    const picture = { width: video.videoWidth, height: video.videoHeight };
    return frameOf(stage, picture, this.own ? WHOLE : this.view);
  }

  /** While something is drawn, the nearest edge stands for what lies beside the picture. */
  #place({ clientX, clientY }: PointerEvent): Point | null {
    const frame = this.#frame();
    if (!frame) return null;
    const { left, top } = this.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    return this.#hand.draft || isOn(frame, x, y) ? placeAt(frame, x, y) : null;
  }

  #down(event: PointerEvent): void {
    this.#fingers.down(event);
    this.#hand.down(event);
  }

  #move(event: PointerEvent): void {
    this.#fingers.move(event);
    this.#hand.move(event);
  }

  #up(event: PointerEvent): void {
    this.#fingers.up(event);
    this.#hand.up(event);
  }

  #cancel(event: PointerEvent): void {
    this.#fingers.up(event);
    this.#hand.drop();
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
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target instanceof HTMLButtonElement;
    if (!onButton && this.#hand.key(event)) return event.preventDefault();
    if (event.key === 'Escape' && this.tool && !document.fullscreenElement) this.#take(null);
    if (this.own) return;
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
    if (this.own || this.tool) return;
    const [x, y] = this.#fingers.place(event, this);
    this.view = this.view.scale > 1 ? WHOLE : zoom(this.view, 2, x, y);
  }
}

customElements.define('stage-view', StageView);
