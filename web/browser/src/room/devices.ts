/**
 * The sound this side sends. There is always a track: the microphone, or silence made here when
 * there is none or it was refused, because fifty packets a second are the proof of presence.
 * Muting disables the track and never takes it away.
 */
import { Hearing } from './hearing';

export type Sound = 'live' | 'muted' | 'silence';
export type Refusal = 'browser' | 'system' | 'busy' | 'missing';

/** Where the pre-join page remembers its microphone test. */
export const MIC_KEY = 'minuta.mic';

export interface MicChoice {
  /** False when the person chose to go in without one. */
  wanted: boolean;
  deviceId?: string;
}

export function rememberMic(choice: MicChoice): void {
  try {
    localStorage.setItem(MIC_KEY, JSON.stringify(choice));
  } catch {
    // Storage may be closed by the browser's settings; the choice is then asked again.
  }
}

export function rememberedMic(): MicChoice {
  try {
    const choice = JSON.parse(localStorage.getItem(MIC_KEY) ?? '{}') as Partial<MicChoice>;
    return { wanted: true, ...choice };
  } catch {
    return { wanted: true };
  }
}

/** Why the browser gave no microphone, in the four cases that people can act upon. */
export function refusalOf(error: unknown): Refusal {
  const { name = '', message = '' } = error as Partial<DOMException>;
  if (name === 'NotAllowedError') return /system/i.test(message) ? 'system' : 'browser';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

export async function askMicrophone(deviceId?: string): Promise<MediaStream> {
  const wishes = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const audio = deviceId ? { ...wishes, deviceId: { ideal: deviceId } } : wishes;
  if (!navigator.mediaDevices) throw new DOMException('no media devices', 'NotFoundError');
  return navigator.mediaDevices.getUserMedia({ audio });
}

/** A track of digital silence; it flows as soon as the browser lets audio run. */
export function silentTrack(context: AudioContext): MediaStreamTrack {
  const end = context.createMediaStreamDestination();
  const source = context.createConstantSource();
  source.offset.value = 0;
  source.connect(end);
  source.start();
  const track = end.stream.getAudioTracks()[0];
  if (!track) throw new Error('a destination node always has one track');
  return track;
}

export class Microphone {
  #track: MediaStreamTrack;
  #real = false;
  #muted = false;
  refusal: Refusal | null = null;
  readonly hearing = new Hearing();

  /** `changed` is called with the new track, to be put in the place of the old one. */
  constructor(
    private readonly context: AudioContext,
    private readonly changed: (track: MediaStreamTrack) => void,
  ) {
    this.#track = silentTrack(context);
    this.#wake();
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get sound(): Sound {
    return !this.#real ? 'silence' : this.#muted ? 'muted' : 'live';
  }

  /** Asks for the microphone; a refusal leaves silence in its place. */
  async open(deviceId?: string): Promise<void> {
    try {
      const stream = await askMicrophone(deviceId);
      const track = stream.getAudioTracks()[0];
      if (!track) throw new DOMException('no audio track', 'NotFoundError');
      this.refusal = null;
      this.#put(track, true);
      track.addEventListener('ended', () => this.#track === track && this.#lost());
    } catch (error) {
      this.refusal = refusalOf(error);
    }
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (this.#real) this.#track.enabled = !muted;
  }

  close(): void {
    this.#track.stop();
    this.hearing.close();
    void this.context.close();
  }

  #put(track: MediaStreamTrack, real: boolean): void {
    const old = this.#track;
    this.#track = track;
    this.#real = real;
    this.hearing.listen(real ? track : null, this.context);
    track.enabled = !real || !this.#muted;
    this.changed(track);
    old.stop();
  }

  /** The headset was pulled out: silence takes its place. */
  #lost(): void {
    this.refusal = 'missing';
    this.#put(silentTrack(this.context), false);
  }

  /** A context made without a click sleeps until the first one. */
  #wake(): void {
    if (this.context.state === 'running') return;
    const wake = () => void this.context.resume();
    for (const kind of ['pointerdown', 'keydown']) {
      addEventListener(kind, wake, { once: true, capture: true });
    }
    wake();
  }
}
