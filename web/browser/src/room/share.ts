/** Showing the screen: asked for straight in the click, shown sharply, stopped in one. */
import { preferred, type Codec } from './codecs';

export type Surface = 'window' | 'monitor' | 'browser' | 'camera';
export interface Shown {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly surface: Surface;
}

const BITRATE_MAX = 2_500_000;
const FRAMES_MAX = 30;
const PHONE = /Android|iPhone|iPad|iPod/;

/** Chrome on Android defines the call and then fails, so the call alone proves nothing. */
export function canShowScreen(agent: string = navigator.userAgent): boolean {
  return !PHONE.test(agent) && 'getDisplayMedia' in (navigator.mediaDevices ?? {});
}

/** Must be called in the click itself. Null when the person closed the picker: no error at all. */
export async function pickScreen(): Promise<Shown | null> {
  const options = {
    video: { displaySurface: 'window', frameRate: { max: FRAMES_MAX } },
    audio: false,
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    monitorTypeSurfaces: 'include',
  } as DisplayMediaStreamOptions;
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia(options);
    return shown(stream, null);
  } catch (error) {
    const { name = '', message = '' } = error as Partial<DOMException>;
    if (name === 'NotAllowedError' && !/system/i.test(message)) return null;
    throw error;
  }
}

/** What a phone can show instead: the world in front of it. */
export async function pickCamera(): Promise<Shown | null> {
  const video = { facingMode: 'environment', frameRate: { max: FRAMES_MAX } };
  return shown(await navigator.mediaDevices.getUserMedia({ video }), 'camera');
}

function shown(stream: MediaStream, fixed: Surface | null): Shown | null {
  const track = stream.getVideoTracks()[0];
  if (!track) return null;
  track.contentHint = fixed === 'camera' ? 'motion' : 'detail';
  const found = track.getSettings().displaySurface as Surface | undefined;
  return { stream, track, surface: fixed ?? found ?? 'monitor' };
}

/** Puts the codec order and the ceiling of bits on the sending section. */
export function tune(sending: RTCRtpTransceiver, codec: Codec | null): void {
  const known = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  if (known.length) sending.setCodecPreferences?.(preferred(known, codec));
}

/** Encoder settings; only possible once the sections are negotiated in some browsers. */
export async function limit(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  for (const encoding of parameters.encodings) {
    encoding.maxBitrate = BITRATE_MAX;
    encoding.maxFramerate = FRAMES_MAX;
  }
  parameters.degradationPreference = 'maintain-resolution';
  await sender.setParameters(parameters);
}
