import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Media } from './media';
import type { MappedSource, ServerMessage } from './protocol';

class FakeStream {
  constructor(readonly tracks: readonly unknown[]) {}
  getAudioTracks(): unknown[] {
    return [{ stop: () => undefined }];
  }
}

class FakeContext {
  state = 'running';
  createMediaStreamDestination = () => ({ stream: new FakeStream([]) });
  createConstantSource = () => ({ offset: {}, connect: vi.fn(), start: vi.fn() });
  close = vi.fn();
}

class FakeConnection {
  static newest: FakeConnection;
  connectionState = 'new';
  signalingState = 'have-local-offer';
  localDescription = { sdp: 'ours' };
  ontrack: ((event: object) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  constructor() {
    FakeConnection.newest = this;
  }
  addTransceiver(): void {}
  async setLocalDescription(): Promise<void> {}
  async setRemoteDescription(): Promise<void> {}
  close(): void {}
  brings(mids: readonly string[]): void {
    for (const mid of mids) this.ontrack?.({ track: { kind: 'video' }, transceiver: { mid } });
    this.connectionState = 'connected';
    this.onconnectionstatechange?.();
  }
}

const SCREENS: MappedSource[] = [
  { id: 'client-video', owner: 'client', kind: 'video', mid: '0' },
  { id: 'colleague-video', owner: 'colleague-1', kind: 'video', mid: '1' },
];
const SWAPPED = SCREENS.map((one) => ({ ...one, mid: one.mid === '0' ? '1' : '0' }));

describe('which section carries whose screen', () => {
  let offered: number[];
  let media: Media;

  beforeEach(async () => {
    vi.stubGlobal('AudioContext', FakeContext);
    vi.stubGlobal('MediaStream', FakeStream);
    vi.stubGlobal('RTCPeerConnection', FakeConnection);
    offered = [];
    const nothing = () => undefined;
    media = new Media({
      wire: {
        offer: (_, generation) => offered.push(generation),
        ice: nothing,
        accept: nothing,
        trouble: nothing,
      },
      codec: null,
      wanted: () => ({ audio: 1, video: 2 }),
      watches: () => true,
      changed: nothing,
      screenEnded: nothing,
    });
    media.connect();
    await vi.waitFor(() => expect(offered).toHaveLength(1));
  });

  afterEach(() => vi.unstubAllGlobals());

  function said(
    type: 'answer' | 'counter',
    generation: number,
    sources: MappedSource[],
  ): ServerMessage {
    return { type, seq: 1, pc: 'sub', generation, sdp: 'theirs', sources };
  }

  it.each(['answer', 'counter'] as const)('is said by an %s', (type) => {
    media.take(said(type, offered[0]!, SWAPPED));
    FakeConnection.newest.brings(['0', '1']);
    expect(media.picture('client-video')).not.toBe(media.picture('colleague-video'));
    expect(media.incoming.sources.get('1')).toBe('client-video');
  });

  it('is not said by what comes late for an offer that is void', async () => {
    media.connect(true);
    await vi.waitFor(() => expect(offered).toHaveLength(2));
    media.take(said('answer', offered[1]!, SCREENS));
    media.take(said('answer', offered[0]!, SWAPPED));
    FakeConnection.newest.brings(['0', '1']);
    expect(media.incoming.sources.get('0')).toBe('client-video');
  });
});
