// Generated from broker/signalling/company.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Seat } from './messages-link';
export type CalledPart = 'colleague' | 'observer';
export type PresentState = 'called' | 'in' | 'out';
export type CompanyEvent = 'called' | 'agreed' | 'entered' | 'left' | 'refused' | 'dismissed';
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
