/**
 * What the room knows: one value, moved by one reducer, moved only by messages of the server (and
 * by chat lines on their way to it). What this side's own devices do is in conductor.ts.
 */
import { peerOf } from './seats';
import { BLANK, marked, redrawn, type Drawing } from './drawing-state';
import * as clock from './meter';
import type {
  Cell,
  ChatLine,
  Company,
  Cosigned,
  Error as ErrorMessage,
  FileNow,
  MarkSeen,
  MediaState,
  Meter as MeterMessage,
  PathState,
  Peer,
  Recording,
  Role,
  Seat,
  ServerMessage,
  SessionView,
  Signer,
  Source,
  SourceChange,
  StateChange,
  StateName,
  Terms,
  Welcome,
} from './protocol';

export interface Line extends ChatLine {
  /** Written here and not yet confirmed by the server. */
  readonly pending?: boolean;
}

/** Since when (`performance.now()`), and what it was before. */
export interface Path {
  readonly state: PathState;
  readonly was?: PathState;
  readonly sinceMs: number;
}

export interface RoomState {
  readonly me: Seat;
  readonly number: string;
  readonly topic: string;
  readonly phase: StateName | 'connecting';
  /** RFC 3339, when the phase was entered; null before the first change. */
  readonly since: string | null;
  readonly cause: string | null;
  readonly by: Role | null;
  readonly payer: Role;
  readonly free: boolean;
  readonly terms: Terms | null;
  readonly pressed: readonly Seat[];
  readonly peer: Peer;
  readonly sources: readonly Source[];
  /** How sound and picture reach a side; none: well. */
  readonly paths: Readonly<Partial<Record<Seat, Path>>>;
  readonly peerMedia: Pick<MediaState, 'screen' | 'mic' | 'surface'>;
  /** What those beside the two sides say of their screens. */
  readonly screensOf: Partial<Record<Seat, MediaState['screen']>>;
  /** Who is present or called; null in a session of two. */
  readonly company: Company | null;
  readonly clock: clock.Meter;
  readonly meter: MeterMessage | null;
  readonly strip: readonly Cell[];
  readonly warning: { readonly minutesLeft: number; readonly canTopUp: boolean } | null;
  readonly endsAtMs: number | null;
  /** The viewer's own cap, as typed and in words; null: not the payer, or not told yet. */
  readonly cap: { readonly text: string | null; readonly sum: string } | null;
  /** Whether the session is recorded; null before the server has said so. */
  readonly recording: Recording | null;
  /** Whose signatures under the minutes are asked for; empty: nobody's. */
  readonly signers: readonly Signer[];
  readonly chat: readonly Line[];
  readonly drawing: Drawing;
  readonly files: readonly FileNow[];
  readonly error: { readonly code: string; readonly text: string } | null;
  readonly bye: {
    readonly code: string;
    readonly text: string;
    readonly url: string | null;
  } | null;
}

export type Event =
  | { type: 'server'; message: ServerMessage; nowMs: number }
  | { type: 'typed'; line: Line }
  | { type: 'drawn'; mark: MarkSeen }
  | { type: 'refused'; code: string; text: string }
  | { type: 'error_read' };

export const CHAT_LINES_MAX = 500;

export function fresh(me: Seat = 'client', number = ''): RoomState {
  return {
    me,
    number,
    topic: '',
    phase: 'connecting',
    since: null,
    cause: null,
    by: null,
    payer: 'host',
    free: me === 'client',
    terms: null,
    pressed: [],
    peer: { name: null, joined: false, online: false },
    sources: [],
    paths: {},
    peerMedia: { screen: null, mic: null, surface: null },
    screensOf: {},
    company: null,
    clock: clock.atRest,
    meter: null,
    strip: [],
    warning: null,
    endsAtMs: null,
    cap: null,
    recording: null,
    signers: [],
    chat: [],
    drawing: BLANK,
    files: [],
    error: null,
    bye: null,
  };
}

export function reduce(state: RoomState, event: Event): RoomState {
  if (event.type === 'typed') return { ...state, chat: merge(state.chat, [event.line]) };
  if (event.type === 'drawn') return { ...state, drawing: marked(state.drawing, event.mark) };
  if (event.type === 'error_read') return { ...state, error: null };
  if (event.type === 'refused') return { ...state, error: { code: event.code, text: event.text } };
  const { message, nowMs } = event;
  return told({ ...state, drawing: redrawn(state.drawing, message) }, message, nowMs);
}

function told(state: RoomState, message: ServerMessage, nowMs: number): RoomState {
  switch (message.type) {
    case 'welcome':
      return welcomed(state, message);
    case 'state':
      return changed(state, message);
    case 'meter':
      return ticked(state, message, nowMs);
    case 'warning': {
      const { minutes_left: minutesLeft, can_top_up: canTopUp } = message;
      return { ...state, warning: { minutesLeft, canTopUp } };
    }
    case 'cap':
      return { ...state, cap: { text: message.text, sum: message.sum } };
    case 'recording':
      return { ...state, recording: message };
    case 'cosigners':
      return { ...state, signers: message.signers };
    case 'cosigned':
      return { ...state, strip: signed(state.strip, message) };
    case 'chat':
      return { ...state, chat: merge(state.chat, [message]) };
    case 'file':
      return { ...state, files: [...state.files.filter(({ id }) => id !== message.id), message] };
    case 'source':
      return { ...state, sources: flowing(state.sources, message) };
    case 'path': {
      const was = state.paths[message.participant]?.state ?? 'good';
      const path = { state: message.state, was, sinceMs: nowMs };
      return { ...state, paths: { ...state.paths, [message.participant]: path } };
    }
    case 'media':
      return claims(state, message);
    case 'company':
      return { ...state, company: message };
    case 'error':
      if (isOfSigning(message)) return state;
      return { ...state, error: { code: message.code, text: message.text } };
    case 'bye': {
      const { code, text, result_url: url = null } = message;
      return { ...state, bye: { code, text, url } };
    }
    default:
      return state;
  }
}

/** What a repeat or a late word about keys is answered with is nothing to tell people. */
function isOfSigning({ code, reply_to }: ErrorMessage): boolean {
  return reply_to === 'cosign' && (code === 'already_signed' || code === 'wrong_state');
}

function welcomed(state: RoomState, { participant, session }: Welcome): RoomState {
  return {
    ...state,
    ...pictured(session),
    me: participant,
    peer: { ...state.peer, name: session.peer_name, joined: session.peer_name !== null },
    chat: merge(state.chat, session.chat),
    files: session.files ?? [],
    paths: {},
    error: null,
  };
}

function pictured(session: SessionView) {
  const { number, topic, state: phase, payer, free, terms, pressed, sources } = session;
  return { number, topic, phase, payer, free, terms, pressed, sources };
}

function flowing(sources: readonly Source[], { event, source }: SourceChange): readonly Source[] {
  const others = sources.filter(({ id }) => id !== source.id);
  return event === 'added' ? [...others, source] : others;
}

function changed(state: RoomState, message: StateChange): RoomState {
  const { state: phase, cause, pressed, peer } = message;
  const stays = phase === state.phase && state.since !== null;
  const by = message.by ?? (stays ? state.by : null);
  return { ...state, phase, cause, by, pressed, peer, since: stays ? state.since : message.at };
}

/** A session with more minutes left than the last warning said has been topped up. */
function ticked(state: RoomState, message: MeterMessage, nowMs: number): RoomState {
  const { ends_in_s: endsInS, minutes_left: left } = message;
  const eased = state.warning && left !== null && left > state.warning.minutesLeft;
  return {
    ...state,
    meter: message,
    clock: clock.take(state.clock, message, nowMs),
    strip: message.strip,
    warning: eased ? null : state.warning,
    endsAtMs: endsInS === null ? null : nowMs + endsInS * 1000,
  };
}

function claims(state: RoomState, message: MediaState): RoomState {
  const { participant: who, screen } = message;
  if (who === state.me) return state;
  if (who === peerOf(state.me)) return { ...state, peerMedia: claimed(state, message) };
  return screen ? { ...state, screensOf: { ...state.screensOf, [who]: screen } } : state;
}

/** The server's next word on the strip says the same. */
function signed(strip: readonly Cell[], { n, leg }: Cosigned): readonly Cell[] {
  return strip.map((cell) => {
    const by = cell.signed ?? [];
    return cell.n === n && !by.includes(leg) ? { ...cell, signed: [...by, leg] } : cell;
  });
}

/** A null leaves an earlier claim as it was. */
function claimed(state: RoomState, { screen, mic, surface }: MediaState): RoomState['peerMedia'] {
  const old = state.peerMedia;
  return {
    screen: screen ?? old.screen,
    mic: mic ?? old.mic,
    surface: surface ?? old.surface,
  };
}

/** Adds lines by id: a repeat changes nothing, a confirmation replaces what was pending. */
function merge(lines: readonly Line[], more: readonly Line[]): readonly Line[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  for (const line of more)
    if (byId.get(line.id)?.pending !== false || !line.pending) byId.set(line.id, line);
  return [...byId.values()].slice(-CHAT_LINES_MAX);
}
