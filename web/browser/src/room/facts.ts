/** Questions that the elements ask of the state. Pure. */
import type { FileNow, Role } from './protocol';
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

/** Which side is not signing while the meter waits for it; null: nobody. */
export function lateSigner({ signers }: RoomState): string | null {
  return signers.find(({ late }) => late)?.leg ?? null;
}

/** The source that the stage shows: the own screen, else the other side's. */
export function shownSource(state: RoomState, own: boolean): string | null {
  const shown = state.sources.filter(({ kind }) => kind === 'video');
  return shown.find(({ owner }) => (owner === state.me) === own)?.id ?? null;
}

/** What a pointer is labelled with: the own one needs no name. */
export function namesOf({ me, peer }: RoomState): Record<Role, string> {
  const name = peer.name ?? '';
  return { host: me === 'host' ? '' : name, client: me === 'client' ? '' : name };
}

/** Files that the other side offers and that wait for an answer. */
export function askedFiles({ files, me }: RoomState): readonly FileNow[] {
  const open = ({ state }: FileNow) => state === 'offered' || state === 'whole';
  return files.filter((file) => file.from !== me && open(file) && !file.accepted);
}
