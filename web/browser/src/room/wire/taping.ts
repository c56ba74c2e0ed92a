// Generated from broker/signalling/taping.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Role } from './messages-link';
export type RecordingNow = 'none' | 'asked' | 'recording' | 'stopped';
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
