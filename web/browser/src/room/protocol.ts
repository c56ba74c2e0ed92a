// Generated from broker/signalling/messages.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Hello, Ice, Offer, Resumed, Trouble } from './wire/messages-link';
import type {
  Answer,
  Bye,
  Cap,
  CapNow,
  Chat,
  ChatLine,
  End,
  Error,
  LowFunds,
  Media,
  MediaState,
  Meter,
  Pause,
  Ping,
  Pong,
  Resume,
  SourceChange,
  Start,
  StateChange,
  WantOffer,
  Welcome,
} from './wire/messages';
import type { Accept, Counter } from './wire/countering';
import type { Mark, MarkClear, MarkCleared, MarkSeen, Pointer, PointerSeen } from './wire/pointing';
import type { FileNow } from './wire/giving';
import type { Consent, Recording } from './wire/taping';
import type { Call, CallAnswer, Company } from './wire/company';
import type {
  Cosign,
  CosignCannot,
  CosignKey,
  CosignWaive,
  Cosigned,
  Cosigners,
  Receipts,
} from './wire/cosigning';
import type { PathNow } from './wire/messages-path';
export * from './wire/messages-link';
export * from './wire/messages';
export * from './wire/countering';
export * from './wire/pointing';
export * from './wire/giving';
export * from './wire/taping';
export * from './wire/company';
export * from './wire/cosigning';
export * from './wire/messages-path';
export const VERSIONS: readonly number[] = [1];
export const CHAT_CHARS_MAX = 2000;
export const PLACE_MAX = 10000;
export const POINTS_MAX = 200;
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
