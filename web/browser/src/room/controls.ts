/** The row of buttons under the stage, and the question before the end. */
import { html, nothing, type TemplateResult } from 'lit';
import { _, ngettext } from '../words';
import { showWords } from './cards';
import { isSide, watches } from './seats';
import { icon } from './drawing';
import { clockText, seconds } from './meter';
import type { RoomPage } from './page';
import { isGuest, underway } from './facts';

export function controls(room: RoomPage, unread: number): TemplateResult {
  const { me } = room.conductor.state;
  return html`<div class="controls" role="group" aria-label=${_('Controls')}>
    ${watches(me) ? nothing : microphone(room)} ${chat(room, unread)}
    ${isSide(me) ? pause(room) : nothing} ${screen(room)} ${isSide(me) ? end(room) : leave(room)}
  </div>`;
}

function microphone({ conductor }: RoomPage): TemplateResult {
  const { sound } = conductor.media;
  const on = sound === 'live';
  const speaks = on && conductor.media.mic.hearing.speech.speaks(performance.now());
  return html`<button
    type="button"
    class=${speaks ? 'speaks' : ''}
    aria-pressed=${on ? 'true' : 'false'}
    aria-keyshortcuts="M"
    title=${on ? _('Mute') : _('Unmute')}
    @click=${() => void conductor.toggleMicrophone()}
  >
    ${icon(on ? 'mic' : 'mic-off')}<span>${_('Microphone')}</span>
  </button>`;
}

function chat(room: RoomPage, unread: number): TemplateResult {
  const news = ngettext('{n} unread message', '{n} unread messages', unread);
  return html`<button
    type="button"
    data-chat
    aria-expanded=${room.chatOpen ? 'true' : 'false'}
    aria-keyshortcuts="C"
    @click=${() => room.toggleChat()}
  >
    ${icon('message-square')}<span>${_('Chat')}</span>
    ${
      unread
        ? html`<b class="count"
            ><span aria-hidden="true">${unread}</span><span class="unseen">${news}</span></b
          >`
        : nothing
    }
  </button>`;
}

function pause({ conductor }: RoomPage): TemplateResult | typeof nothing {
  const { phase, cause, by, me, terms } = conductor.state;
  if (!underway(conductor.state)) return nothing;
  const mine = phase === 'paused' && cause === 'asked' && (by ?? me) === me;
  if (terms?.pause_text) return forbidden(conductor, terms.pause_text);
  return mine
    ? html`<button type="button" @click=${() => conductor.resume()}>
        ${icon('play')}<span>${_('Go on')}</span>
      </button>`
    : html`<button type="button" ?disabled=${phase === 'paused'} @click=${() => conductor.pause()}>
        ${icon('pause')}<span>${_('Pause')}</span>
      </button>`;
}

/** It can be reached, and says why it does nothing: a disabled button could do neither. */
function forbidden(conductor: RoomPage['conductor'], why: string): TemplateResult {
  return html`<button
    type="button"
    aria-disabled="true"
    aria-describedby="no-pause"
    title=${why}
    @click=${() => conductor.refuse('pause_forbidden', why)}
  >
    ${icon('pause')}<span>${_('Pause')}</span><span class="unseen" id="no-pause">${why}</span>
  </button>`;
}

/**
 * While somebody shows, stopping is the red button and ending is the quiet one. The client always
 * can, consultants where there are several of them.
 */
function screen({ conductor }: RoomPage): TemplateResult | typeof nothing {
  const { state, media } = conductor;
  if (state.me !== 'client' && (!state.company || watches(state.me))) return nothing;
  if (media.shown) {
    return html`<button type="button" class="danger" @click=${() => conductor.stopShowing()}>
      ${icon('monitor-x')}<span>${_('Stop showing')}</span>
    </button>`;
  }
  if (!underway(state)) return nothing;
  return html`<button type="button" @click=${() => void conductor.show()}>${showWords()}</button>`;
}

/** Whoever was called in leaves by themselves: the session goes on. */
function leave(room: RoomPage): TemplateResult {
  return html`<button type="button" class="quiet end-button" @click=${() => room.leave()}>
    ${icon('log-out')}<span>${_('Leave')}</span>
  </button>`;
}

function end(room: RoomPage): TemplateResult {
  return html`<button
    type="button"
    class="quiet end-button"
    @click=${() => dialog(room)?.showModal()}
  >
    ${icon('phone-off')}<span>${_('End')}</span>
  </button>`;
}

function dialog(room: RoomPage): HTMLDialogElement | null {
  return room.querySelector('dialog');
}

/** Asks once, with the time and the cost that the answer fixes. */
export function endDialog(room: RoomPage): TemplateResult {
  const { state } = room.conductor;
  const time = clockText(seconds(state.clock, performance.now()));
  const cost = isGuest(state) ? _('free for you') : state.meter?.cost_text;
  const words = cost ? _('Time {time}, cost {cost}.', { time, cost }) : _('Time {time}.', { time });
  const finish = () => {
    dialog(room)?.close();
    room.conductor.end();
  };
  return html`<dialog aria-labelledby="end-title">
    <h2 id="end-title">${_('End the session?')}</h2>
    <p>${underway(state) ? words : _('The meter has not run yet: nothing is charged.')}</p>
    <div class="row">
      <button type="button" class="danger" @click=${finish}>${_('End the session')}</button>
      <button type="button" autofocus @click=${() => dialog(room)?.close()}>${_('Stay')}</button>
    </div>
  </dialog>`;
}
