// Generated from broker/signalling/countering.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { MappedSource, PeerConnection } from './messages-link';
export interface Counter {
  pc: PeerConnection;
  generation: number;
  sdp: string;
  sources: MappedSource[];
}
export interface Accept {
  pc: PeerConnection;
  generation: number;
  sdp: string;
}
