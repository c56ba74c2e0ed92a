/**
 * Sound and picture of this side and of the other: two peer connections, the microphone that is
 * always there, and the screen when it is shown.
 */
import type { Codec } from './codecs';
import { Microphone, rememberedMic, type Sound } from './devices';
import { Peer, type Wire } from './peer';
import type { ServerMessage } from './protocol';
import { limit, tune, type Shown } from './share';

interface Track {
  readonly mid: string;
  readonly kind: string;
  readonly stream: MediaStream;
}

/** Everything that comes in: a stream of its own for each track. */
export interface Incoming {
  readonly tracks: readonly Track[];
  /** Section to source, as the answer or the counter-offer said. */
  readonly sources: ReadonlyMap<string, string>;
}

const NOTHING: Incoming = { tracks: [], sources: new Map() };

export interface MediaOptions {
  readonly wire: Wire;
  readonly codec: Codec | null;
  /** How many sounds and pictures of others there are to receive. */
  readonly wanted: () => { readonly audio: number; readonly video: number };
  /** Whoever only watches sends nothing. */
  readonly watches: () => boolean;
  /** Something changed that is worth drawing. */
  readonly changed: () => void;
  /** The screen stopped by the browser's own button. */
  readonly screenEnded: () => void;
}

export class Media {
  readonly mic: Microphone;
  readonly pub: Peer;
  readonly sub: Peer;
  incoming: Incoming = NOTHING;
  shown: Shown | null = null;
  iceServers: RTCIceServer[] = [];
  #coming: Track[] = [];
  #sources: ReadonlyMap<string, string> = new Map();

  constructor(private readonly options: MediaOptions) {
    const { wire, changed } = options;
    const iceServers = () => this.iceServers;
    this.mic = new Microphone(new AudioContext(), (track) => this.#replaceAudio(track));
    this.pub = new Peer({
      role: 'pub',
      wire,
      iceServers,
      furnish: (pc) => this.#furnishPub(pc),
      answered: (pc) => this.#limitVideo(pc),
      state: changed,
    });
    this.sub = new Peer({
      role: 'sub',
      wire,
      iceServers,
      furnish: (pc) => this.#furnishSub(pc),
      track: ({ track, transceiver }) =>
        this.#coming.push({
          mid: transceiver.mid ?? '',
          kind: track.kind,
          stream: new MediaStream([track]),
        }),
      state: (state) => this.#arrived(state),
    });
  }

  get sound(): Sound {
    return this.mic.sound;
  }

  /** Asks for the microphone unless the person chose to go in without one. */
  async openMicrophone(deviceId?: string): Promise<void> {
    const remembered = rememberedMic();
    const chosen = deviceId ?? remembered.deviceId;
    if (deviceId !== undefined || remembered.wanted) await this.mic.open(chosen);
  }

  /** Offers what is not alive; `all` offers everything. */
  connect(all = false): void {
    const peers = this.options.watches() ? [this.sub] : [this.pub, this.sub];
    for (const peer of peers) if (all || !peer.alive) void peer.offer();
  }

  /** The line came back over another network, on which no old path can be trusted. */
  move(): void {
    for (const peer of this.options.watches() ? [this.sub] : [this.pub, this.sub]) peer.move();
  }

  take(message: ServerMessage): void {
    if (message.type === 'want_offer') {
      const peer = this[message.pc];
      return message.reason === 'lost' ? peer.revive() : void peer.offer();
    }
    if (message.type !== 'answer' && message.type !== 'counter') return;
    const { pc, generation, sdp, sources } = message;
    // Of an older offer it says nothing of the sections that there are now.
    if (generation !== this[pc].generation) return;
    if (pc === 'sub') this.#sources = new Map(sources.map((s) => [s.mid, s.id]));
    void this[pc][message.type](generation, sdp);
  }

  /** Another number with each packet of voice that comes; 0: none came lately. */
  get heard(): number {
    const receivers = this.sub.connection?.getReceivers() ?? [];
    const voices = receivers.filter(({ track }) => track.kind === 'audio');
    const packets = voices.flatMap((one) => one.getSynchronizationSources());
    return Math.max(0, ...packets.map(({ timestamp }) => timestamp));
  }

  /** All voices. */
  get voices(): readonly MediaStream[] {
    return this.incoming.tracks.filter(({ kind }) => kind === 'audio').map(({ stream }) => stream);
  }

  /** The picture of a source; one that came after the answer is in the first section left free. */
  picture(source: string): MediaStream | null {
    const { tracks, sources } = this.incoming;
    const pictures = tracks.filter(({ kind }) => kind === 'video');
    const found = pictures.find(({ mid }) => sources.get(mid) === source);
    return (found ?? pictures.find(({ mid }) => !sources.has(mid)))?.stream ?? null;
  }

  show(shown: Shown): void {
    this.shown?.track.stop();
    this.shown = shown;
    shown.track.addEventListener('ended', () => this.shown === shown && this.options.screenEnded());
    void this.pub.offer();
  }

  hide(): void {
    if (!this.shown) return;
    this.shown.track.stop();
    this.shown = null;
    void this.pub.offer();
  }

  close(): void {
    this.shown?.track.stop();
    this.mic.close();
    this.pub.close();
    this.sub.close();
  }

  #furnishPub(pc: RTCPeerConnection): void {
    pc.addTransceiver(this.mic.track, { direction: 'sendonly' });
    if (!this.shown) return;
    const sending = pc.addTransceiver(this.shown.track, { direction: 'sendonly' });
    tune(sending, this.options.codec);
  }

  #furnishSub(pc: RTCPeerConnection): void {
    this.#coming = [];
    this.#sources = new Map();
    const wanted = this.options.wanted();
    for (const kind of ['audio', 'video'] as const)
      for (let n = 0; n < Math.max(1, wanted[kind]); n++)
        pc.addTransceiver(kind, { direction: 'recvonly' });
  }

  async #limitVideo(pc: RTCPeerConnection): Promise<void> {
    for (const sender of pc.getSenders()) if (sender.track?.kind === 'video') await limit(sender);
  }

  #replaceAudio(track: MediaStreamTrack): void {
    for (const sender of this.pub.connection?.getSenders() ?? []) {
      if (sender.track?.kind === 'audio') void sender.replaceTrack(track);
    }
    this.options.changed();
  }

  /** The new tracks are shown only when they can carry something. */
  #arrived(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.incoming = { tracks: this.#coming, sources: this.#sources };
    this.options.changed();
  }
}
