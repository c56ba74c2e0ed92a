// Generated from broker/signalling/pointing.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
import type { Seat } from './messages-link';
export type Shape = 'arrow' | 'box' | 'pen';
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
