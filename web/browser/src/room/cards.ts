/** What stands over the stage: whom we wait for, what is agreed, why there is no picture. */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { isSide } from './seats';
import { icon } from './drawing';
import { canShowScreen } from './share';
import { showsScreen, underway } from './facts';
import type { RoomState } from './state';

export interface Acts {
  readonly start: () => void;
  readonly show: () => void;
  readonly copyInvite: () => void;
}

export interface Around {
  readonly invite: string | null;
  readonly topUp: string | null;
  readonly copied: boolean;
  readonly showing: boolean;
}

/** One card or none: while the other side's screen is seen, nothing covers it. */
export function card(
  state: RoomState,
  around: Around,
  acts: Acts,
): TemplateResult | typeof nothing {
  switch (state.phase) {
    case 'connecting':
      return note('', _('Opening the room…'));
    case 'created':
    case 'waiting':
      return waiting(state, around, acts);
    case 'together':
      if (!isSide(state.me)) return note('clock', _('The two sides have not started yet'));
      return terms(state, around, acts);
    default:
      return underway(state) ? running(state, around, acts) : note('check', _('Session ended'));
  }
}

function note(name: string, text: string, more: unknown = nothing): TemplateResult {
  return html`<div class="stage-note">
    ${name ? icon(name) : nothing}
    <p>${text}</p>
    ${more}
  </div>`;
}

function waiting(state: RoomState, around: Around, acts: Acts): TemplateResult {
  const name = state.peer.name;
  if (state.me === 'client') {
    const text = name ? _('{name} will be here in a moment', { name }) : _('Waiting');
    return note('clock', text, html`<p class="quiet-text">${_('The meter is not running')}</p>`);
  }
  const text = name ? _('{name} is not here now', { name }) : _('Waiting for the client');
  if (!around.invite) return note('clock', text);
  return html`<div class="stage-card">
    <h2>${text}</h2>
    <p class="muted">${_('Send this link. The client needs no registration')}</p>
    <label for="invite">${_('Invitation link')}</label>
    <div class="copy-row">
      <input id="invite" readonly .value=${around.invite} />
      <button type="button" class="primary" @click=${acts.copyInvite}>
        ${icon('copy')}${_('Copy')}
      </button>
    </div>
    <p role="status" class="muted">${around.copied ? _('Copied') : ''}</p>
  </div>`;
}

/** What is agreed, in the same words on both sides, and the button that agrees to it. */
function terms(state: RoomState, around: Around, acts: Acts): TemplateResult {
  const told = state.terms;
  const lines: [string, unknown][] = [
    [_('Topic'), state.topic],
    [_('Payment'), told && html`${told.payer_text}<br />${told.price_text}`],
    [_('Minutes'), told?.counting_text],
    [_('Limit'), [told?.cap_text, told?.enough_text].filter(Boolean).join(', ')],
  ];
  const rows = lines.map(([name, text]) => {
    const row = html`<div>
      <dt>${name}</dt>
      <dd>${text}</dd>
    </div>`;
    return text ? row : nothing;
  });
  return html`<section class="stage-card" aria-labelledby="agreed">
    <h2 id="agreed">${_('What is agreed')}</h2>
    <dl class="agreed">${rows}</dl>
    ${state.pressed.includes(state.me) ? pressed(state, around, acts) : presses(state, acts)}
  </section>`;
}

function pressed(state: RoomState, around: Around, acts: Acts): TemplateResult {
  const text = _('You have pressed Start. Waiting for {name}', { name: state.peer.name ?? '' });
  return html`<p class="pressed">${icon('check')}<span>${text}</span></p>
    ${
      state.me === 'client' && !around.showing
        ? html`<button type="button" @click=${acts.show}>${showWords()}</button>`
        : nothing
    }`;
}

function presses(state: RoomState, acts: Acts): TemplateResult {
  const start = state.terms?.start_text || _('Start');
  const guest = state.me === 'client' && state.payer !== 'client';
  const theirs = state.pressed.length
    ? html`<p class="pressed">${icon('check')}<span>${peerPressed(state)}</span></p>`
    : html`<p class="muted">${_('The meter starts when both have pressed Start')}</p>`;
  if (!guest) {
    return html`${theirs}<button type="button" class="primary wide" @click=${acts.start}>
        ${icon('play')}${start}
      </button>`;
  }
  return html`${theirs}
    <button type="button" class="primary wide" @click=${acts.show}>${showWords()}</button>
    <button type="button" class="wide" @click=${acts.start}>${_('Start with voice only')}</button>`;
}

function peerPressed(state: RoomState): string {
  return _('{name} has pressed Start', { name: state.peer.name ?? '' });
}

export function showWords(): TemplateResult {
  return canShowScreen()
    ? html`${icon('monitor-up')}<span>${_('Show my screen')}</span>`
    : html`${icon('smartphone')}<span>${_('Show the camera')}</span>`;
}

function running(state: RoomState, around: Around, acts: Acts): TemplateResult | typeof nothing {
  const name = state.peer.name ?? _('the other side');
  if (state.me !== 'client') {
    if (showsScreen(state) || around.showing) return nothing;
    const stopped = state.peerMedia.screen === 'ended';
    const text = stopped
      ? _('{name} stopped showing', { name })
      : _('{name} has not shown a screen yet', { name });
    return note('monitor-off', text, html`<p class="quiet-text">${_('Voice and chat work')}</p>`);
  }
  if (around.showing || showsScreen(state)) return nothing;
  const more = html`<button type="button" class="primary" @click=${acts.show}>
    ${showWords()}
  </button>`;
  return note('monitor', _('{name} does not see your screen', { name }), more);
}

/** What is being shown, in the words of the person who shows it. */
export function showingWords(surface: string): string {
  switch (surface) {
    case 'window':
      return _('You are showing: a window');
    case 'browser':
      return _('You are showing: a browser tab');
    case 'camera':
      return _('You are showing: the camera');
    default:
      return _('You are showing: the whole screen');
  }
}
