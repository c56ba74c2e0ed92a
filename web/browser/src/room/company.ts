/** Who is in the room beside the two sides: questions about them, and their words. Pure. */
import { _ } from '../words';
import type { Company, Present, Seat, Source } from './protocol';
import { peerOf } from './seats';
import type { RoomState } from './state';

/** Everybody who is called or has been in, without the two sides. */
export function companions({ company }: RoomState): readonly Present[] {
  return company?.present.filter(({ part }) => part !== 'host' && part !== 'client') ?? [];
}

/** The call that the client has not answered yet. */
export function unanswered(state: RoomState): Present | null {
  if (state.me !== 'client') return null;
  return companions(state).find(({ asked }) => asked) ?? null;
}

/** The name of whoever sits in a seat; the own one has none. */
export function nameOf(state: RoomState, seat: Seat): string {
  if (seat === state.me) return '';
  const found = state.company?.present.find((one) => one.seat === seat)?.name;
  if (found) return found;
  if (seat === peerOf(state.me)) return state.peer.name ?? '';
  return state.company ? partWords(seat.startsWith('observer') ? 'observer' : 'colleague') : '';
}

export function partWords(part: Present['part']): string {
  switch (part) {
    case 'host':
      return _('Consultant');
    case 'client':
      return _('Client');
    case 'observer':
      return _('Observer');
    default:
      return _('Colleague');
  }
}

export function stateWords({ state }: Present): string {
  if (state === 'called') return _('is called');
  return state === 'in' ? _('is here') : _('has left');
}

/** "Ivan, Anna, Maria (is called)". */
export function listWords({ company, me }: RoomState): string {
  return (company?.present ?? [])
    .map((one) => {
      const name = one.seat === me ? _('You') : one.name || partWords(one.part);
      return one.state === 'in' ? name : `${name} (${stateWords(one)})`;
    })
    .join(', ');
}

/** What the client reads before anybody enters. */
export function callWords(state: RoomState, one: Present): string {
  const host = nameOf(state, 'host') || _('The consultant');
  const { name } = one;
  if (one.part === 'observer') {
    return name
      ? _('{host} calls an observer: {name}. They see and hear, and send nothing', { host, name })
      : _('{host} calls an observer. They see and hear, and send nothing', { host });
  }
  return name
    ? _('{host} calls in {name}. Same price, one meter', { host, name })
    : _('{host} calls a colleague in. Same price, one meter', { host });
}

/** What is said once of a change, by whoever reads aloud too. */
export function companyNews(before: RoomState, after: RoomState): string | null {
  const told = after.company;
  if (!told || told === before.company || !told.event || told.seat === after.me) return null;
  if (told.event !== 'called') return eventWords(told);
  const asked = companions(after).find((one) => one.asked && one.seat === told.seat);
  return asked && after.me === 'client' ? callWords(after, asked) : null;
}

function eventWords({ event, name: given }: Company): string {
  const name = given || _('The colleague');
  switch (event) {
    case 'agreed':
      return _('The client agrees: {name} may come in', { name });
    case 'entered':
      return _('{name} has come in', { name });
    case 'left':
      return _('{name} has left', { name });
    case 'refused':
      return _('The client does not want {name} in the session', { name });
    default:
      return _('{name} is not called any more', { name });
  }
}

/** The screens of others that are shown now, the client's first. */
export function screens(state: RoomState): readonly Source[] {
  const shown = state.sources.filter(
    ({ kind, owner }) =>
      kind === 'video' && owner !== state.me && claimOf(state, owner) !== 'ended',
  );
  return [...shown].sort((a, b) => Number(b.owner === 'client') - Number(a.owner === 'client'));
}

function claimOf(state: RoomState, owner: Seat): string | null {
  if (owner === peerOf(state.me)) return state.peerMedia.screen;
  return state.screensOf[owner] ?? null;
}

export const OWN = 'own';

/** What is on the stage: a source of others, the own screen (`OWN`), or nothing. */
export function onStage(
  state: RoomState,
  showing: boolean,
  chosen: string | null,
): Source | 'own' | null {
  const found = screens(state);
  if (chosen === OWN && showing) return OWN;
  const wanted = found.find(({ id }) => id === chosen);
  if (wanted) return wanted;
  if (showing && (state.me === 'client' || !found.length)) return OWN;
  return found[0] ?? null;
}
