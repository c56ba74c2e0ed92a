import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEAD_MS, Peer, troubleOf, type Wire } from './peer';

describe('what the browser says of TURN', () => {
  it('tells a refusal from silence', () => {
    expect(troubleOf('turn:turn.example:3478?transport=udp', 401)).toBe('turn_refused');
    expect(troubleOf('turns:turn.example:443', 486)).toBe('turn_refused');
    expect(troubleOf('turn:turn.example:3478', 701)).toBe('turn_unreachable');
  });

  it('has nothing to say of STUN', () => {
    expect(troubleOf('stun:stun.example:3478', 701)).toBeNull();
  });
});

class FakeConnection {
  static made: FakeConnection[] = [];
  connectionState: RTCPeerConnectionState = 'new';
  localDescription = { sdp: 'offer' };
  onconnectionstatechange: (() => void) | null = null;
  constructor() {
    FakeConnection.made.push(this);
  }
  async setLocalDescription(): Promise<void> {}
  close(): void {}
  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

describe('a connection that breaks', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('is not offered a second time while the server waits to answer the first', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('RTCPeerConnection', FakeConnection);
    const wire: Wire = { offer: vi.fn(), ice: vi.fn(), accept: vi.fn(), trouble: vi.fn() };
    const nothing = () => undefined;
    const peer = new Peer({
      role: 'pub',
      wire,
      iceServers: () => [],
      furnish: nothing,
      state: nothing,
    });
    await peer.offer();
    FakeConnection.made[0]?.becomes('connected');
    FakeConnection.made[0]?.becomes('disconnected');
    peer.revive();
    await vi.advanceTimersByTimeAsync(DEAD_MS + 1000);
    expect(wire.offer).toHaveBeenCalledTimes(2);
    peer.close();
  });
});
