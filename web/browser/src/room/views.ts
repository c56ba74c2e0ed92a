/** Pieces of the room that hold nothing themselves: state in, template out. */
import { html, nothing, type TemplateResult } from 'lit';
import { _, ngettext } from '../words';
import type { Action, Banner } from './banner';
import { icon } from './drawing';
import { clockText, duration, seconds } from './meter';
import type { RoomState } from './state';
import { isGuest, underway } from './facts';
import { cells, summary } from './strip';

export const STRIP_MINUTES = 120;

export function tag(state: RoomState): TemplateResult {
  switch (state.phase) {
    case 'live':
    case 'final':
      return html`<span class="tag ok live"><span class="dot"></span>${_('Running')}</span>`;
    case 'paused':
      return html`<span class="tag warn">${icon('pause')}${_('Paused')}</span>`;
    case 'together':
      return html`<span class="tag"><span class="dot"></span>${_('Not running')}</span>`;
    case 'connecting':
      return html`<span class="tag">${_('Connecting')}</span>`;
    case 'created':
    case 'waiting':
      return html`<span class="tag warn"><span class="dot"></span>${_('Waiting')}</span>`;
    default:
      return html`<span class="tag">${_('Session ended')}</span>`;
  }
}

/** Time, cost and minutes left; the strip above them. Silent for screen readers while it runs. */
export function meterView(state: RoomState, nowMs: number, justPaid: boolean): TemplateResult {
  const shown = seconds(state.clock, nowMs);
  const low = state.warning !== null || state.phase === 'final';
  return html`
    <div role="timer" aria-live="off" aria-label=${_('Meter')}>
      <dl class="meter">
        <div>
          <dt>${_('Time')}</dt>
          <dd><time datetime=${duration(shown)}>${clockText(shown)}</time></dd>
        </div>
        <div class=${justPaid ? 'paid' : ''}>
          <dt>${_('Cost')}</dt>
          <dd class=${isGuest(state) ? 'free' : ''}>${cost(state)}</dd>
        </div>
        ${left(state, low)}
      </dl>
    </div>
  `;
}

function cost(state: RoomState): string {
  return state.meter?.cost_text ?? (isGuest(state) ? _('free for you') : '\u2014');
}

function left(state: RoomState, low: boolean): TemplateResult | typeof nothing {
  const n = state.meter?.minutes_left;
  if (n === null || n === undefined) return nothing;
  const text = ngettext('{n} minute', '{n} minutes', n);
  return html`<div class=${low ? 'low' : ''}>
    <dt>${_('Enough for')}</dt>
    <dd>${text}</dd>
  </div>`;
}

export function stripView(state: RoomState): TemplateResult {
  const drawn = cells(state.strip, STRIP_MINUTES, state.signers);
  return html`<div class="strip" role="img" aria-label=${summary(state.strip)}>
    ${drawn.map(
      ({ shape, label, hour, signed }) =>
        html`<i
          class="${shape}${hour ? ' hour' : ''}${signed ? ' signed' : ''}"
          title=${label}
        ></i>`,
    )}
  </div>`;
}

const ACTIONS: Record<Action, () => string> = {
  top_up: () => _('Top up'),
  reload: () => _('Open it here'),
  microphone: () => _('Turn the microphone on'),
  close: () => _('Got it'),
  cap: () => _('Raise the limit'),
  files: () => _('Look at the file'),
  waive: () => _('Go on without signatures'),
};

export function bannerView(
  found: Banner | null,
  topUp: string | null,
  act: (action: Action) => void,
): TemplateResult | typeof nothing {
  if (!found) return nothing;
  const { kind, action } = found;
  return html`<div class="banner edge ${kind}">
    ${icon(found.icon)}
    <p>${found.text}</p>
    ${
      action === 'top_up'
        ? topUp
          ? html`<a class="button low" href=${topUp} target="_blank">${_('Top up')}</a>`
          : nothing
        : action
          ? html`<button type="button" class="low" @click=${() => act(action)}>
              ${ACTIONS[action]()}
            </button>`
          : nothing
    }
  </div>`;
}

/** `● 12:47 Anna`: the clock is seen from other tabs. */
export function title(state: RoomState, nowMs: number, unread: number): string {
  const name = state.peer.name ?? (state.topic || _('Session'));
  const count = unread ? `(${unread}) ` : '';
  if (!underway(state)) return `${count}${name}`;
  const clock = clockText(seconds(state.clock, nowMs));
  const mark = state.phase === 'paused' ? _('Paused') : '\u25cf';
  return `${count}${mark} ${clock} ${name}`;
}
