/** Questions that the elements ask of the state. Pure. */
import type { RoomState } from './state';

/** Whether the relay has a picture of the other side. */
export function showsScreen(state: RoomState): boolean {
  const flows = state.sources.some(({ kind, owner }) => kind === 'video' && owner !== state.me);
  return flows && state.peerMedia.screen !== 'ended';
}

/** Whether this side is helped at the other side's cost: it sees "free" in the place of sums. */
export function isGuest(state: RoomState): boolean {
  return state.me === 'client' && state.free;
}

/** Whether the meter has been started and the session has not ended. */
export function underway(state: RoomState): boolean {
  return ['live', 'paused', 'final'].includes(state.phase);
}
