// Generated from broker/signalling/giving.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Role } from './messages-link';
export type FileState = 'offered' | 'whole' | 'withdrawn' | 'declined' | 'erased';
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
