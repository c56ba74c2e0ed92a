import { describe, expect, it } from 'vitest';
import { troubleOf } from './peer';

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
