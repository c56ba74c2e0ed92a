// Generated from broker/signalling/messages_path.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Seat } from './messages-link';
export type PathState = 'good' | 'narrow' | 'lost' | 'moved';
export interface PathNow {
  participant: Seat;
  state: PathState;
}
