/** Questions that the elements ask of the state. Pure. */
import { nameOf, onStage, OWN, screens } from './company';
import type { FileNow, Role, Seat } from './protocol';
import type { RoomState } from './state';

/** Whether the relay has a picture of anybody else. */
export function showsScreen(state: RoomState): boolean {
  return screens(state).length > 0;
}

/** Whether this side is helped at the other side's cost: it sees "free" in the place of sums. */
export function isGuest(state: RoomState): boolean {
  return state.me === 'client' && state.free;
}

/** Whether the meter has been started and the session has not ended. */
export function underway(state: RoomState): boolean {
  return ['live', 'paused', 'final'].includes(state.phase);
}

/** Which sides are not signing while the meter waits for them: first the one that others see. */
export function lateSigners({ signers, me }: RoomState): readonly Role[] {
  const late = signers.filter((one) => one.late).map(({ leg }) => leg);
  return [...late.filter((leg) => leg !== me), ...late.filter((leg) => leg === me)];
}

/** The source that the stage shows: the own screen, or one of the others'. */
export function shownSource(
  state: RoomState,
  showing: boolean,
  chosen: string | null = null,
): string | null {
  const stage = onStage(state, showing, chosen);
  if (stage !== OWN) return stage?.id ?? null;
  const mine = state.sources.find(({ kind, owner }) => kind === 'video' && owner === state.me);
  return mine?.id ?? null;
}

/** What a pointer is labelled with: the own one needs no name. */
export function namesOf(state: RoomState): Partial<Record<Seat, string>> {
  const seats: Seat[] = [
    'host',
    'client',
    ...(state.company?.present ?? []).map((one) => one.seat),
  ];
  return Object.fromEntries(seats.map((seat) => [seat, nameOf(state, seat)]));
}

/** Files that the other side offers and that wait for an answer. */
export function askedFiles({ files, me }: RoomState): readonly FileNow[] {
  const open = ({ state }: FileNow) => state === 'offered' || state === 'whole';
  return files.filter((file) => file.from !== me && open(file) && !file.accepted);
}
