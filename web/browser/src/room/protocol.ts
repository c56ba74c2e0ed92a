// Generated from broker/signalling/messages.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
export const VERSIONS: readonly number[] = [1];
export const CHAT_CHARS_MAX = 2000;
export const PLACE_MAX = 10000;
export const POINTS_MAX = 200;
export type Role = 'host' | 'client';
export type Seat =
  | 'host'
  | 'client'
  | 'colleague-1'
  | 'colleague-2'
  | 'colleague-3'
  | 'colleague-4'
  | 'colleague-5'
  | 'observer-1'
  | 'observer-2';
export type PeerConnection = 'pub' | 'sub';
export type TroubleCode = 'turn_refused' | 'turn_unreachable' | 'disconnected' | 'moved';
export type Screen = 'live' | 'ended';
export type Microphone = 'live' | 'muted' | 'silence';
export type Surface = 'monitor' | 'window' | 'browser' | 'camera' | 'file';
export type Kind = 'audio' | 'video';
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
export type Shape = 'arrow' | 'box' | 'pen';
export type FileState = 'offered' | 'whole' | 'withdrawn' | 'declined' | 'erased';
export type RecordingNow = 'none' | 'asked' | 'recording' | 'stopped';
export type CalledPart = 'colleague' | 'observer';
export type PresentState = 'called' | 'in' | 'out';
export type CompanyEvent = 'called' | 'agreed' | 'entered' | 'left' | 'refused' | 'dismissed';
export type WhyNoKey = 'insecure_page' | 'no_crypto' | 'no_storage';
export type SignerStand = 'signs' | 'cannot' | 'waived' | 'silent';
export type PathState = 'good' | 'narrow' | 'lost' | 'moved';
export interface ResumeAsk {
  participant: Seat;
  key: string;
  seq: number;
}
export interface Hello {
  v: number[];
  ticket?: string | null;
  resume?: ResumeAsk | null;
  ua?: string;
  brief?: boolean;
}
export interface Trouble {
  pc: PeerConnection;
  generation: number;
  code: TroubleCode;
}
export interface ResumeKey {
  participant: Seat;
  key: string;
}
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}
export interface Resumed {
  resume: ResumeKey;
  ice_servers: IceServer[];
  server_time: string;
}
export interface Offer {
  pc: PeerConnection;
  generation: number;
  sdp: string;
}
export interface Ice {
  pc: PeerConnection;
  generation: number;
  candidate: string | null;
  mid?: string | null;
}
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
export interface MappedSource {
  id: string;
  owner: Seat;
  kind: Kind;
  mid: string;
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
export interface Counter {
  pc: PeerConnection;
  generation: number;
  sdp: string;
}
export interface Accept {
  pc: PeerConnection;
  generation: number;
  sdp: string;
}
export interface Pointer {
  source: string;
  x?: number;
  y?: number;
  hidden?: boolean;
}
export interface Mark {
  id: string;
  source: string;
  shape: Shape;
  points: [number, number][];
  color: number;
}
export interface MarkClear {
  id: string | null;
}
export interface PointerSeen {
  from: Seat;
  source: string;
  x: number;
  y: number;
  hidden: boolean;
}
export interface MarkSeen {
  from: Seat;
  id: string;
  source: string;
  shape: Shape;
  points: [number, number][];
  color: number;
}
export interface MarkCleared {
  from: Seat | null;
  id: string | null;
}
export interface FileNow {
  from: Role;
  id: string;
  name: string;
  size: number;
  sha256: string;
  have: number;
  state: FileState;
  accepted: boolean;
}
export interface Consent {
  action: 'ask' | 'grant' | 'revoke';
  text?: string;
}
export interface Recording {
  state: RecordingNow;
  by: Role | null;
  since: string | null;
  gap: boolean;
  text: string;
  question: string;
}
export interface Call {
  part: CalledPart;
  email?: string;
  share_bp?: number;
}
export interface CallAnswer {
  seat: Seat;
  action: 'agree' | 'refuse';
}
export interface Present {
  seat: Seat;
  part: 'host' | 'client' | 'colleague' | 'observer';
  name: string;
  state: PresentState;
  asked?: boolean;
  share_text?: string | null;
  link?: string | null;
}
export interface Company {
  event: CompanyEvent | null;
  seat: Seat | null;
  name: string;
  present: Present[];
}
export interface CosignKey {
  key: string;
  proof: string;
}
export interface CosignCannot {
  why: WhyNoKey;
}
export interface Cosign {
  n: number;
  signature: string;
}
export interface CosignWaive {
  leg: string;
}
export interface ReceiptBody {
  v: number;
  session: string;
  n: number;
  from_s: number;
  to_s: number;
  amount_minor: number;
  total_minor: number;
  currency: string;
  second: number;
  prev: string;
}
export interface Receipts {
  receipts: ReceiptBody[];
}
export interface Cosigned {
  n: number;
  leg: string;
}
export interface Signer {
  leg: string;
  stand: SignerStand;
  late: boolean;
}
export interface Cosigners {
  signers: Signer[];
}
export interface PathNow {
  participant: Seat;
  state: PathState;
}
export type ClientMessage =
  | ({ type: 'hello' } & Hello)
  | ({ type: 'offer' } & Offer)
  | ({ type: 'ice' } & Ice)
  | ({ type: 'trouble' } & Trouble)
  | ({ type: 'start' } & Start)
  | ({ type: 'pause' } & Pause)
  | ({ type: 'resume' } & Resume)
  | ({ type: 'end' } & End)
  | ({ type: 'cap' } & Cap)
  | ({ type: 'media' } & Media)
  | ({ type: 'chat' } & Chat)
  | ({ type: 'ping' } & Ping)
  | ({ type: 'accept' } & Accept)
  | ({ type: 'pointer' } & Pointer)
  | ({ type: 'mark' } & Mark)
  | ({ type: 'mark_clear' } & MarkClear)
  | ({ type: 'consent' } & Consent)
  | ({ type: 'call' } & Call)
  | ({ type: 'call_answer' } & CallAnswer)
  | ({ type: 'cosign_key' } & CosignKey)
  | ({ type: 'cosign_cannot' } & CosignCannot)
  | ({ type: 'cosign' } & Cosign)
  | ({ type: 'cosign_waive' } & CosignWaive);
export type ServerMessage =
  | ({ type: 'welcome'; seq: number } & Welcome)
  | ({ type: 'resumed'; seq: number } & Resumed)
  | ({ type: 'answer'; seq: number } & Answer)
  | ({ type: 'source'; seq: number } & SourceChange)
  | ({ type: 'want_offer'; seq: number } & WantOffer)
  | ({ type: 'state'; seq: number } & StateChange)
  | ({ type: 'meter'; seq: number } & Meter)
  | ({ type: 'cap'; seq: number } & CapNow)
  | ({ type: 'warning'; seq: number } & LowFunds)
  | ({ type: 'chat'; seq: number } & ChatLine)
  | ({ type: 'media'; seq: number } & MediaState)
  | ({ type: 'pong'; seq: number } & Pong)
  | ({ type: 'error'; seq: number } & Error)
  | ({ type: 'bye'; seq: number } & Bye)
  | ({ type: 'counter'; seq: number } & Counter)
  | ({ type: 'pointer'; seq: number } & PointerSeen)
  | ({ type: 'mark'; seq: number } & MarkSeen)
  | ({ type: 'mark_clear'; seq: number } & MarkCleared)
  | ({ type: 'file'; seq: number } & FileNow)
  | ({ type: 'recording'; seq: number } & Recording)
  | ({ type: 'company'; seq: number } & Company)
  | ({ type: 'receipts'; seq: number } & Receipts)
  | ({ type: 'cosigned'; seq: number } & Cosigned)
  | ({ type: 'cosigners'; seq: number } & Cosigners)
  | ({ type: 'path'; seq: number } & PathNow);
