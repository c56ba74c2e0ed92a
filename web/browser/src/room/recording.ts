/**
 * Recording: one button in the head, which says in words what is going on, and one dialog, which
 * asks, answers, and ends it. What is recorded is the server's affair; nothing is kept here.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { _ } from '../words';
import { hourText } from './banner';
import { nameOf } from './company';
import { isSide } from './seats';
import { icon } from './drawing';
import { underway } from './facts';
import type { RoomPage } from './page';
import type { RoomState } from './state';

export type Place = 'idle' | 'waits' | 'asked' | 'runs';

/** Where the matter stands for this side. */
export function place({ recording, me }: RoomState): Place {
  if (recording?.state === 'recording') return 'runs';
  if (recording?.state !== 'asked') return 'idle';
  return recording.by === me ? 'waits' : 'asked';
}

/** What the button says; the running recording is told to everybody all the time. */
export function label(state: RoomState): string {
  switch (place(state)) {
    case 'runs':
      return state.recording?.gap ? _('Recording interrupted') : _('Being recorded');
    case 'waits':
      return _('Recording suggested');
    case 'asked':
      return _('Record?');
    default:
      return _('Record');
  }
}

export function recordButton(room: RoomPage): TemplateResult | typeof nothing {
  const { state } = room.conductor;
  if (!underway(state) || !state.recording) return nothing;
  const runs = place(state) === 'runs';
  if (!isSide(state.me))
    return runs ? html`<span class="tag warn">${label(state)}</span>` : nothing;
  return html`<button
    type="button"
    class=${runs ? 'record runs' : 'record quiet'}
    aria-haspopup="dialog"
    @click=${() => dialog(room)?.showModal()}
  >
    ${runs ? html`<span class="dot"></span>` : icon('video')}<span>${label(state)}</span>
  </button>`;
}

/** The words for a screen reader, said once at each change. */
export function told(before: RoomState, after: RoomState): string | null {
  const [was, is] = [place(before), place(after)];
  const by = after.recording?.by;
  const name = (by && nameOf(after, by)) || after.peer.name || _('the other side');
  if (is === 'runs' && (was !== 'runs' || before.recording?.gap !== after.recording?.gap)) {
    return after.recording?.gap ? _('Recording interrupted') : _('The session is being recorded');
  }
  if (was === 'runs' && is !== 'runs') return _('Recording stopped');
  if (is === 'asked' && was !== 'asked')
    return _('{name} suggests recording the session', { name });
  return null;
}

/** A question of the other side comes to the front by itself, and goes with its answer. */
export function follow(room: RoomPage, before: RoomState): void {
  const [was, is] = [place(before), place(room.conductor.state)];
  const box = dialog(room);
  if (!box || was === is) return;
  if (box.open) box.close();
  if (is === 'asked') box.showModal();
}

function dialog(room: RoomPage): HTMLDialogElement | null {
  return room.querySelector('dialog.recording');
}

export function recordDialog(room: RoomPage): TemplateResult | typeof nothing {
  const { conductor } = room;
  const { state } = conductor;
  if (!state.recording || !isSide(state.me)) return nothing;
  const close = () => dialog(room)?.close();
  const act = (action: 'ask' | 'grant' | 'revoke') => () => {
    conductor.consent(action);
    close();
  };
  const [title, text, buttons] = content(state, act, close);
  return html`<dialog class="recording" aria-labelledby="recording-title">
    <h2 id="recording-title">${title}</h2>
    <p>${text}</p>
    <div class="row">${buttons}</div>
  </dialog>`;
}

type Act = (action: 'ask' | 'grant' | 'revoke') => () => void;

function content(state: RoomState, act: Act, close: () => void): [string, string, TemplateResult] {
  const name = state.peer.name ?? _('the other side');
  const question = state.recording?.question ?? '';
  const shut = html`<button type="button" @click=${close}>${_('Close')}</button>`;
  switch (place(state)) {
    case 'runs': {
      const time = hourText(state.recording?.since ?? '');
      const gap = _("The server's disk takes nothing at the moment. The session goes on.");
      return [
        _('The session has been recorded since {time}', { time }),
        state.recording?.gap ? gap : question,
        html`<button type="button" class="danger" @click=${act('revoke')}>
            ${_('Stop recording')}
          </button>
          ${shut}`,
      ];
    }
    case 'waits':
      return [
        _('Waiting for {name} to agree', { name }),
        question,
        html`<button type="button" @click=${act('revoke')}>${_('Withdraw')}</button> ${shut}`,
      ];
    case 'asked':
      return [
        _('{name} suggests recording the session', { name }),
        question,
        html`<button type="button" class="primary" @click=${act('grant')}>
            ${_('I agree to the recording')}
          </button>
          <button type="button" @click=${act('revoke')}>${_('Do not record')}</button>`,
      ];
    default: {
      const ask = _('Agree and ask {name}', { name });
      return [
        _('Record the session?'),
        question,
        html`<button type="button" class="primary" @click=${act('ask')}>${ask}</button> ${shut}`,
      ];
    }
  }
}
