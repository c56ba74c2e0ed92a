/** The one banner on top of the room: the gravest of what there is to say. Pure. */
import { _, ngettext } from '../words';
import { nameOf } from './company';
import { isSide, peerOf } from './seats';
import type { Refusal } from './devices';
import type { Status } from './link';
import { clockText } from './meter';
import type { RoomState } from './state';
import { askedFiles, lateSigners, underway } from './facts';

export type Action = 'top_up' | 'cap' | 'reload' | 'microphone' | 'files' | 'close' | 'waive';
export interface Banner {
  readonly kind: 'danger' | 'warn' | 'info' | 'ok';
  readonly icon: string;
  readonly text: string;
  readonly action?: Action;
}

/** What the banner needs to know of this side. */
export interface Local {
  readonly line: Status;
  readonly lostMs: number | null;
  readonly backMs: number | null;
  /** How long this device slept when the line was lost last; 0: it was awake. */
  readonly sleptMs: number;
  /** The browser had thrown this tab away. */
  readonly putAside: boolean;
  readonly refusal: Refusal | null;
  readonly shareProblem: 'system' | 'failed' | null;
  readonly toppedUpMs: number | null;
  /** Speaks for a while into a microphone that is off. */
  readonly unheard: boolean;
  /** The chat, where files are answered, is open. */
  readonly chatOpen: boolean;
}

export const LOST_MS = 2000;
const BACK_MS = 2500;
/** Nothing was seen here while the other side was away, so the words stay a little longer. */
const THEIRS_BACK_MS = 4000;
/** Whoever opens a lid reads the words only when the screen is lit. */
const WOKEN_MS = 10_000;
const TOPPED_UP_MS = 3000;

const danger = (icon: string, text: string, action?: Action) => make('danger', icon, text, action);
const warn = (icon: string, text: string, action?: Action) => make('warn', icon, text, action);

function make(kind: Banner['kind'], icon: string, text: string, action?: Action): Banner {
  return action ? { kind, icon, text, action } : { kind, icon, text };
}

export function banner(state: RoomState, local: Local, nowMs: number): Banner | null {
  return (
    farewell(state) ??
    lost(local, nowMs) ??
    ending(state, nowMs) ??
    paused(state) ??
    path(state, nowMs) ??
    low(state) ??
    trouble(state, local) ??
    offered(state, local) ??
    passing(state, local, nowMs)
  );
}

function farewell({ bye }: RoomState): Banner | null {
  if (!bye || bye.code === 'ended') return null;
  return danger('circle-alert', bye.text, 'reload');
}

function lost({ lostMs, sleptMs }: Local, nowMs: number): Banner | null {
  if (lostMs === null) return null;
  if (sleptMs) {
    const time = clockText(Math.round(sleptMs / 1000));
    return danger('wifi-off', _('This device was asleep for {time}, reconnecting', { time }));
  }
  if (nowMs - lostMs < LOST_MS) return null;
  return danger('wifi-off', _('Connection lost, reconnecting'));
}

function topUp(state: RoomState): Action | undefined {
  return state.warning?.canTopUp || state.me === state.payer ? 'top_up' : undefined;
}

function ending(state: RoomState, nowMs: number): Banner | null {
  if (state.phase !== 'final') return null;
  if (state.endsAtMs === null) return danger('timer', _('The paid time ends'), topUp(state));
  const n = Math.max(0, Math.ceil((state.endsAtMs - nowMs) / 1000));
  if (state.cause === 'cap') {
    return danger('timer', cappedWords(n), state.cap ? 'cap' : undefined);
  }
  const text = ngettext('The session ends in {n} second', 'The session ends in {n} seconds', n);
  return danger('timer', text, topUp(state));
}

function cappedWords(n: number): string {
  return ngettext(
    "The payer's limit is reached. The session ends in {n} second",
    "The payer's limit is reached. The session ends in {n} seconds",
    n,
  );
}

function paused(state: RoomState): Banner | null {
  if (state.phase !== 'paused') return null;
  return warn('pause', pauseWords(state), waits(state) ? 'waive' : undefined);
}

/** Whether the meter stands for the other side's signatures, and this side may do without them. */
function waits(state: RoomState): boolean {
  const late = lateSigners(state).some((leg) => leg !== state.me);
  return state.cause === 'unsigned' && isSide(state.me) && late;
}

/** Why the meter stands, since when, and whose doing it was. */
export function pauseWords(state: RoomState): string {
  const name = state.peer.name ?? _('the other side');
  const time = state.since ? hourText(state.since) : '';
  if (state.cause === 'asked') {
    const by = state.by ?? state.me;
    if (by === state.me)
      return _('The meter has been paused since {time} at your request', { time });
    const who = nameOf(state, by) || name;
    return _("The meter has been paused since {time} at {name}'s request", { time, name: who });
  }
  if (state.cause === 'unsigned') {
    const [late, another] = lateSigners(state);
    if (another)
      return _('The meter has been paused since {time}: neither side signs the minutes', { time });
    if (!late || late === state.me)
      return _('The meter has been paused since {time}: this browser does not sign the minutes', {
        time,
      });
    return _('The meter has been paused since {time}: {name} does not sign the minutes', {
      time,
      name: nameOf(state, late) || name,
    });
  }
  if (!state.peer.online) {
    return _('The meter has been paused since {time}: {name} is offline', { time, name });
  }
  return _('The meter has been paused since {time}: there is no connection', { time });
}

/** What the relay sees of both ways: the own one first, and what is lost before what is narrow. */
function path({ paths, me, peer }: RoomState, nowMs: number): Banner | null {
  const name = peer.name ?? _('the other side');
  const [own, their] = [paths[me], paths[peerOf(me)]];
  const gone = (one: typeof own) => one?.state === 'lost' && nowMs - one.sinceMs >= LOST_MS;
  if (gone(own)) return danger('wifi-off', _('Sound and picture are interrupted, reconnecting'));
  if (gone(their) && peer.online) {
    return warn(
      'wifi-off',
      _('The sound and picture of {name} are interrupted, reconnecting', { name }),
    );
  }
  if (own?.state === 'moved') {
    return warn('wifi-off', _('This device changed networks, reconnecting'));
  }
  if (their?.state === 'moved') {
    return warn('wifi-off', _('{name} changed networks, reconnecting', { name }));
  }
  if (own?.state === 'narrow') {
    return warn('monitor-off', _('The picture is paused: your link is narrow. The voice goes on'));
  }
  if (their?.state !== 'narrow') return null;
  const text = _('{name} does not see the picture: the link there is narrow. The voice goes on', {
    name,
  });
  return warn('monitor-off', text);
}

function low(state: RoomState): Banner | null {
  if (!state.warning || !underway(state)) return null;
  const n = Math.min(state.warning.minutesLeft, state.meter?.minutes_left ?? Infinity);
  return make(n <= 1 ? 'danger' : 'warn', 'triangle-alert', lowWords(n), topUp(state));
}

/** How long the money lasts, and what comes then. */
export function lowWords(n: number): string {
  if (n < 1) return _('Less than a minute left. Then the session ends');
  return ngettext(
    '{n} minute left. Then the session ends',
    '{n} minutes left. Then the session ends',
    n,
  );
}

function trouble(state: RoomState, local: Local): Banner | null {
  if (state.error) return warn('circle-alert', state.error.text, 'close');
  if (local.shareProblem === 'system') {
    const text = _(
      'The system does not let the browser see the screen. Allow it in privacy settings',
    );
    return warn('monitor-off', text);
  }
  if (local.shareProblem) return warn('monitor-off', _('The screen could not be shown. Try again'));
  return null;
}

function offered(state: RoomState, { chatOpen }: Local): Banner | null {
  const file = askedFiles(state)[0];
  return file && !chatOpen
    ? make('info', 'paperclip', offerWords(state, file.name), 'files')
    : null;
}

export function offerWords({ peer }: RoomState, file: string): string {
  return _('{name} offers you a file: {file}', { name: peer.name ?? _('the other side'), file });
}

function passing(state: RoomState, local: Local, nowMs: number): Banner | null {
  const left = state.meter?.minutes_left;
  if (since(local.toppedUpMs, nowMs) < TOPPED_UP_MS && left !== null && left !== undefined) {
    const text = ngettext(
      'Topped up: enough for {n} minute',
      'Topped up: enough for {n} minutes',
      left,
    );
    return make('ok', 'circle-check', text);
  }
  const returned = back(state, local, nowMs);
  if (returned !== null) return make('ok', 'check', returned);
  if (local.unheard) {
    return make('info', 'mic-off', _('You are speaking, but the microphone is off'), 'microphone');
  }
  if (!local.refusal) return null;
  return make('info', 'mic-off', _('You cannot be heard. You can write in the chat'), 'microphone');
}

/** What has just come back, here or over there. */
function back({ paths, me, peer, phase }: RoomState, local: Local, nowMs: number): string | null {
  const { sleptMs, backMs, putAside } = local;
  if (putAside && since(backMs, nowMs) < WOKEN_MS)
    return _('The browser had put this tab aside to save memory. You are back');
  if (sleptMs && since(backMs, nowMs) < WOKEN_MS) {
    const time = clockText(Math.round(sleptMs / 1000));
    return phase === 'live'
      ? _('This device was asleep for {time}. The meter stood meanwhile', { time })
      : _('This device was asleep for {time}. The connection is back', { time });
  }
  if (since(backMs, nowMs) < BACK_MS) return _('The connection is back');
  const their = paths[me === 'host' ? 'client' : 'host'];
  if (their?.state !== 'good' || since(their.sinceMs, nowMs) >= THEIRS_BACK_MS) return null;
  const name = peer.name ?? _('the other side');
  if (their.was === 'moved')
    return _('{name} changed networks. Sound and picture are back', { name });
  return their.was === 'lost' ? _('Sound and picture of {name} are back', { name }) : null;
}

function since(momentMs: number | null, nowMs: number): number {
  return momentMs === null ? Infinity : nowMs - momentMs;
}

/** Local hours and minutes of an RFC 3339 moment; nothing else is formatted in the browser. */
export function hourText(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return '';
  return [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, '0')).join(':');
}
