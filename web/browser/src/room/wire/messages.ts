// Generated from broker/signalling/messages.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type {
  IceServer,
  Kind,
  MappedSource,
  PeerConnection,
  ResumeKey,
  Role,
  Seat,
} from './messages-link';
import type { MarkSeen } from './pointing';
import type { FileNow } from './giving';
export type Screen = 'live' | 'ended';
export type Microphone = 'live' | 'muted' | 'silence';
export type Surface = 'monitor' | 'window' | 'browser' | 'camera' | 'file';
export type StateName =
  | 'created'
  | 'waiting'
  | 'together'
  | 'live'
  | 'paused'
  | 'final'
  | 'ended'
  | 'settled'
  | 'cancelled';
export type Start = Record<never, never>;
export type Pause = Record<never, never>;
export type Resume = Record<never, never>;
export type End = Record<never, never>;
export interface Cap {
  sum: string | null;
}
export interface Media {
  screen?: Screen | null;
  surface?: Surface | null;
  mic?: Microphone | null;
}
export interface Chat {
  id: string;
  text: string;
}
export interface Ping {
  t: number;
  ack: number;
}
export interface Limits {
  message_bytes: number;
  chat_chars: number;
}
export interface Terms {
  payer_text: string;
  price_text: string;
  counting_text: string;
  cap_text: string | null;
  enough_text: string | null;
  start_text: string;
  pause_text?: string | null;
}
export interface Source {
  id: string;
  owner: Seat;
  kind: Kind;
}
export interface ChatLine {
  id: string;
  from: Seat;
  text: string;
  at: string;
}
export interface SessionView {
  number: string;
  topic: string;
  plan: string;
  state: StateName;
  payer: Role;
  peer_name: string | null;
  terms: Terms;
  chat: ChatLine[];
  pressed: Role[];
  sources: Source[];
  free: boolean;
  marks?: MarkSeen[];
  files?: FileNow[];
}
export interface Welcome {
  v: number;
  participant: Seat;
  resume: ResumeKey;
  ice_servers: IceServer[];
  server_time: string;
  limits: Limits;
  session: SessionView;
  resumed?: boolean;
}
export interface Answer {
  pc: PeerConnection;
  generation: number;
  sdp: string;
  sources: MappedSource[];
}
export interface SourceChange {
  event: 'added' | 'removed';
  source: Source;
}
export interface WantOffer {
  pc: PeerConnection;
  reason: string;
}
export interface Peer {
  name: string | null;
  joined: boolean;
  online: boolean;
}
export interface StateChange {
  state: StateName;
  cause: string | null;
  by: Role | null;
  at: string;
  pressed: Role[];
  peer: Peer;
}
export interface Cell {
  n: number;
  state: string;
  cause?: string | null;
  signed?: string[];
}
export interface Meter {
  running: boolean;
  clock_s: number;
  at: string;
  billed_minutes: number;
  cost_text: string | null;
  balance_text: string | null;
  minutes_left: number | null;
  cause: string | null;
  ends_in_s: number | null;
  strip: Cell[];
}
export interface CapNow {
  text: string | null;
  sum: string;
}
export interface LowFunds {
  minutes_left: number;
  can_top_up: boolean;
}
export interface MediaState {
  participant: Seat;
  screen: Screen | null;
  mic: Microphone | null;
  surface: Surface | null;
}
export interface Pong {
  t: number;
}
export interface Error {
  code: string;
  text: string;
  retry_after_s?: number | null;
  action?: 'none' | 'resume' | 'rejoin';
  reply_to?: string | null;
}
export interface Bye {
  code: string;
  text: string;
  result_url?: string | null;
}
