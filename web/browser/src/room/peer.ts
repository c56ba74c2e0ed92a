/**
 * One peer connection of the two that this side has: `pub` sends, `sub` receives. This side always
 * offers. An offer is always a new connection of the next generation; the old one goes on until
 * the new one is connected, so that a change of tracks or a dead path costs no silence.
 */
import type { Trouble } from './protocol';

export type Role = 'pub' | 'sub';

export interface Wire {
  offer(pc: Role, generation: number, sdp: string): void;
  ice(pc: Role, generation: number, candidate: RTCIceCandidate | null): void;
  accept(pc: Role, generation: number, sdp: string): void;
  trouble(pc: Role, generation: number, code: Trouble['code']): void;
}

export interface PeerOptions {
  readonly role: Role;
  readonly wire: Wire;
  readonly iceServers: () => RTCIceServer[];
  /** Adds sections to a fresh connection. */
  readonly furnish: (pc: RTCPeerConnection) => void;
  /** After the answer is in place. */
  readonly answered?: (pc: RTCPeerConnection) => Promise<void>;
  readonly track?: (event: RTCTrackEvent) => void;
  readonly state: (state: RTCPeerConnectionState) => void;
}

/** A connection that stays `disconnected` this long is offered anew, unless the server asks sooner. */
export const DEAD_MS = 4000;
/** So long an offer is given to become a connection before a wish of the server begins it anew. */
export const TRYING_MS = 8000;

/** 701: no answer (each address family of each URL says so by itself); 3xx to 6xx: a refusal. */
export function troubleOf(url: string, errorCode: number): Trouble['code'] | null {
  if (!/^turns?:/.test(url)) return null;
  return errorCode === 701 ? 'turn_unreachable' : 'turn_refused';
}

export class Peer {
  // Grows from one page to the next too: the relay refuses what is older than what it has.
  #generation = Math.floor(Date.now() / 1000);
  #pc: RTCPeerConnection | null = null;
  #old: RTCPeerConnection | null = null;
  #dead: ReturnType<typeof setTimeout> | undefined;
  #offeredMs = -Infinity;

  constructor(private readonly options: PeerOptions) {}

  /** Of the newest offer. */
  get generation(): number {
    return this.#generation;
  }

  get connection(): RTCPeerConnection | null {
    return this.#pc;
  }

  /** Whether the newest offer has become a connection. */
  get alive(): boolean {
    return this.#pc?.connectionState === 'connected';
  }

  /** The server has not heard of this side: offers anew, unless a young offer is under way. */
  revive(): void {
    const young = performance.now() - this.#offeredMs < TRYING_MS;
    const trying = ['new', 'connecting'].includes(this.#pc?.connectionState ?? '');
    if (!young || !trying) void this.offer();
  }

  /** The network is another one: says so, and offers anew at once. */
  move(): void {
    this.options.wire.trouble(this.options.role, this.#generation, 'moved');
    void this.offer();
  }

  /** Offers a new connection; the running one is kept until the new one is connected. */
  async offer(): Promise<void> {
    const { role, wire, iceServers, furnish } = this.options;
    const generation = ++this.#generation;
    const pc = new RTCPeerConnection({ iceServers: iceServers(), bundlePolicy: 'max-bundle' });
    clearTimeout(this.#dead);
    this.#retire(this.#pc);
    this.#pc = pc;
    this.#offeredMs = performance.now();
    furnish(pc);
    pc.onicecandidate = ({ candidate }) => {
      if (generation === this.#generation) wire.ice(role, generation, candidate);
    };
    pc.onicecandidateerror = ({ url, errorCode }) => {
      const code = troubleOf(url, errorCode);
      if (code && generation === this.#generation) wire.trouble(role, generation, code);
    };
    pc.ontrack = (event) => this.options.track?.(event);
    pc.onconnectionstatechange = () => this.#changed(pc);
    await pc.setLocalDescription();
    if (generation === this.#generation)
      wire.offer(role, generation, pc.localDescription?.sdp ?? '');
  }

  /** Takes an answer; one for an earlier generation is ignored. */
  async answer(generation: number, sdp: string): Promise<void> {
    const pc = this.#pc;
    if (!pc || generation !== this.#generation || pc.signalingState !== 'have-local-offer') return;
    await pc.setRemoteDescription({ type: 'answer', sdp });
    await this.options.answered?.(pc);
  }

  /** The server wants to offer itself: our offer is void, and its offer is answered. */
  async counter(generation: number, sdp: string): Promise<void> {
    const pc = this.#pc;
    if (!pc || !sdp || generation !== this.#generation || pc.signalingState !== 'have-local-offer')
      return;
    await pc.setLocalDescription({ type: 'rollback' });
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await pc.setLocalDescription();
    if (generation === this.#generation)
      this.options.wire.accept(this.options.role, generation, pc.localDescription?.sdp ?? '');
  }

  close(): void {
    clearTimeout(this.#dead);
    this.#old?.close();
    this.#pc?.close();
    this.#pc = this.#old = null;
  }

  /** Only a connected one is worth keeping while the next is being made. */
  #retire(pc: RTCPeerConnection | null): void {
    if (pc?.connectionState !== 'connected') return void pc?.close();
    this.#old?.close();
    this.#old = pc;
  }

  #changed(pc: RTCPeerConnection): void {
    if (pc !== this.#pc) return;
    clearTimeout(this.#dead);
    const state = pc.connectionState;
    if (state === 'connected') {
      this.#old?.close();
      this.#old = null;
    }
    if (state === 'disconnected') {
      this.options.wire.trouble(this.options.role, this.#generation, 'disconnected');
      this.#dead = setTimeout(() => void this.offer(), DEAD_MS);
    }
    if (state === 'failed') void this.offer();
    this.options.state(state);
  }
}
