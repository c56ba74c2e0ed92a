// Generated from broker/signalling/messages_link.py by `python -m web.browser.generate_protocol`.
// Do not edit: a test compares the two.
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
export type Kind = 'audio' | 'video';
export type TroubleCode = 'turn_refused' | 'turn_unreachable' | 'disconnected' | 'moved';
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
export interface MappedSource {
  id: string;
  owner: Seat;
  kind: Kind;
  mid: string;
}
