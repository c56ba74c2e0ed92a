/**
 * What a screen reader is told, and only then: start, pause, back, 5, 2 and 1 minute, the last
 * seconds, the end. The running clock itself is silent. Pure.
 */
import { _ } from '../words';
import { lowWords, offerWords, pauseWords } from './banner';
import { companyNews } from './company';
import { askedFiles } from './facts';
import { told } from './recording';
import type { RoomState } from './state';

export interface Announcement {
  readonly text: string;
  /** Interrupts what is being read. */
  readonly urgent: boolean;
}

const polite = (text: string): Announcement => ({ text, urgent: false });
const urgent = (text: string): Announcement => ({ text, urgent: true });

export function announcement(before: RoomState, after: RoomState): Announcement | null {
  return (
    phase(before, after) ??
    warning(before, after) ??
    recording(before, after) ??
    company(before, after) ??
    presence(before, after) ??
    offered(before, after)
  );
}

function recording(before: RoomState, after: RoomState): Announcement | null {
  const text = told(before, after);
  return text === null ? null : polite(text);
}

function company(before: RoomState, after: RoomState): Announcement | null {
  const text = companyNews(before, after);
  return text === null ? null : polite(text);
}

function phase(before: RoomState, after: RoomState): Announcement | null {
  if (before.phase === after.phase || before.phase === 'connecting') return null;
  switch (after.phase) {
    case 'live':
      return polite(
        before.phase === 'together' ? _('The meter has started') : _('The meter runs again'),
      );
    case 'paused':
      return polite(pauseWords(after));
    case 'final':
      return urgent(_('The paid time ends'));
    case 'ended':
    case 'settled':
      return urgent(_('Session ended'));
    default:
      return null;
  }
}

function warning(before: RoomState, after: RoomState): Announcement | null {
  const n = after.warning?.minutesLeft;
  if (n === undefined || before.warning?.minutesLeft === n) return null;
  const text = lowWords(n);
  return n <= 1 ? urgent(text) : polite(text);
}

function presence(before: RoomState, after: RoomState): Announcement | null {
  const name = after.peer.name;
  if (!name || before.phase === 'connecting') return null;
  if (!before.peer.joined && after.peer.joined) return polite(_('{name} has come in', { name }));
  const [was, is] = [before.peerMedia.screen, after.peerMedia.screen];
  if (was !== 'live' && is === 'live') return polite(_('{name} shows the screen', { name }));
  if (was === 'live' && is === 'ended') return polite(_('{name} stopped showing', { name }));
  return null;
}

function offered(before: RoomState, after: RoomState): Announcement | null {
  const known = new Set(before.files.map(({ id }) => id));
  const file = askedFiles(after).find(({ id }) => !known.has(id));
  return file ? polite(offerWords(after, file.name)) : null;
}
