/** Marks and pointers over the picture, in pixels of the stage: as thick at every zoom. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { _ } from '../words';
import { icon } from './drawing';
import type { Drawing } from './drawing-state';
import type { Draft, Tool } from './hand';
import { pixelAt, type Frame, type Point } from './picture';
import type { Seat } from './protocol';

/** Bright, on a dark edge: seen on any picture. The wire knows only the numbers. */
const PALETTE = ['#ff2e93', '#2ec5ff', '#ffd02e', '#3ddc84', '#ff7a1a', '#c39bff'];
const HEAD = 18;
const ARM = 0.45;
const POINTER = 'M0 0L5.5 20L9.5 11.5L18 8.5Z';

/** The two sides have their own, whoever was called in one of the others. */
export function colorOf(seat: Seat): number {
  if (seat === 'host' || seat === 'client') return seat === 'host' ? 0 : 1;
  return 2 + (Number(seat.slice(-1)) % (PALETTE.length - 2));
}

/** The outline of a shape, as a path. */
export function pathOf(shape: Draft['shape'], points: readonly Point[]): string {
  const [from, to] = points;
  if (!from) return '';
  if (shape === 'pen' || !to) return `M${points.map((at) => at.join(' ')).join('L')}h0`;
  if (shape === 'box') return `M${from[0]} ${from[1]}H${to[0]}V${to[1]}H${from[0]}Z`;
  const back = Math.atan2(from[1] - to[1], from[0] - to[0]);
  const barb = (turn: number) =>
    [to[0] + HEAD * Math.cos(back + turn), to[1] + HEAD * Math.sin(back + turn)]
      .map((n) => Math.round(n * 10) / 10)
      .join(' ');
  return `M${from.join(' ')}L${to.join(' ')}M${barb(ARM)}L${to.join(' ')}L${barb(-ARM)}`;
}

export interface Layer {
  readonly frame: Frame | null;
  readonly source: string | null;
  readonly drawing: Drawing;
  readonly draft: Draft | null;
  /** Where the own keyboard points. */
  readonly cursor: Point | null;
  readonly me: Seat;
  readonly names: Readonly<Partial<Record<Seat, string>>>;
}

export function marksView(layer: Layer): TemplateResult | typeof nothing {
  const { frame, source, drawing, draft, cursor, me, names } = layer;
  if (!frame || source === null) return nothing;
  const path = (shape: Draft['shape'], points: readonly Point[], color: number) => {
    const d = pathOf(
      shape,
      points.map((at) => pixelAt(frame, at)),
    );
    const bright = PALETTE[color] ?? PALETTE[0];
    return svg`<path class="edge" d=${d}></path><path d=${d} stroke=${bright}></path>`;
  };
  const pointer = (role: Seat, at: Point, name: string) => {
    const [x, y] = pixelAt(frame, at);
    return svg`<g data-pointer=${role} transform="translate(${x} ${y})">
      <path class="arrow" d=${POINTER} fill=${PALETTE[colorOf(role)] ?? ''}></path>
      <text x="16" y="26">${name}</text>
    </g>`;
  };
  const seen = Object.values(drawing.pointers).filter((one) => one.source === source);
  return html`<svg class="marks" aria-hidden="true">
    ${drawing.marks
      .filter((one) => one.source === source)
      .map(({ id, shape, points, color }) => {
        return svg`<g data-mark=${id}>${path(shape, points, color)}</g>`;
      })}
    ${draft ? path(draft.shape, draft.points, colorOf(me)) : nothing}
    ${seen.map(({ from, x, y }) => pointer(from, [x, y], names[from] ?? ''))}
    ${cursor ? pointer(me, cursor, '') : nothing}
  </svg>`;
}

const TOOLS: readonly { tool: Tool; icon: string; words: () => string }[] = [
  { tool: 'point', icon: 'mouse-pointer-2', words: () => _('Point') },
  { tool: 'arrow', icon: 'move-up-right', words: () => _('Arrow') },
  { tool: 'box', icon: 'square', words: () => _('Box') },
  { tool: 'pen', icon: 'pencil', words: () => _('Pen') },
];

export function toolBar(
  chosen: Tool | null,
  choose: (tool: Tool | null) => void,
  clear: (() => void) | null,
): TemplateResult {
  return html`<div class="zoom tools" role="group" aria-label=${_('Pointing and drawing')}>
    ${TOOLS.map(({ tool, icon: name, words }) => {
      const on = tool === chosen;
      return html`<button
        type="button"
        class="quiet square"
        title=${words()}
        aria-label=${words()}
        aria-pressed=${on ? 'true' : 'false'}
        @click=${() => choose(on ? null : tool)}
      >
        ${icon(name)}
      </button>`;
    })}
    <button
      type="button"
      class="quiet square"
      title=${_('Clear the marks')}
      aria-label=${_('Clear the marks')}
      aria-disabled=${clear ? 'false' : 'true'}
      @click=${() => clear?.()}
    >
      ${icon('eraser')}
    </button>
  </div>`;
}
