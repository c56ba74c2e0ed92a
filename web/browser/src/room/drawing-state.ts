/** What both sides have drawn on the shown screen and where they point. Pure. */
import type { MarkSeen, PointerSeen, Seat, ServerMessage } from './protocol';

export interface Drawing {
  /** The oldest first. */
  readonly marks: readonly MarkSeen[];
  readonly pointers: Partial<Record<Seat, PointerSeen>>;
}

export const BLANK: Drawing = { marks: [], pointers: {} };

/** Puts a mark up; one with the same id is replaced. */
export function marked(drawing: Drawing, mark: MarkSeen): Drawing {
  const { from, id, source, shape, points, color } = mark;
  const others = drawing.marks.filter((one) => one.id !== id);
  return { ...drawing, marks: [...others, { from, id, source, shape, points, color }] };
}

/** The drawing after a message of the server; most of them change nothing. */
export function redrawn(drawing: Drawing, message: ServerMessage): Drawing {
  switch (message.type) {
    case 'welcome':
      return { marks: message.session.marks ?? [], pointers: {} };
    case 'mark':
      return marked(drawing, message);
    case 'mark_clear':
      return without(drawing, ({ id }) => message.id === null || id === message.id);
    case 'error':
      return without(drawing, ({ id }) => id === message.reply_to);
    case 'pointer':
      return pointed(drawing, message);
    case 'state':
      return message.peer.online ? drawing : { ...drawing, pointers: {} };
    case 'source':
      if (message.event === 'added') return drawing;
      return { ...without(drawing, ({ source }) => source === message.source.id), pointers: {} };
    default:
      return drawing;
  }
}

function without(drawing: Drawing, gone: (mark: MarkSeen) => boolean): Drawing {
  if (!drawing.marks.some(gone)) return drawing;
  return { ...drawing, marks: drawing.marks.filter((mark) => !gone(mark)) };
}

function pointed(drawing: Drawing, seen: PointerSeen): Drawing {
  const pointers = { ...drawing.pointers };
  if (seen.hidden) delete pointers[seen.from];
  else pointers[seen.from] = seen;
  return { ...drawing, pointers };
}
