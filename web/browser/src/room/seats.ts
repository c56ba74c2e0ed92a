/** What a seat is by its name alone. */
import type { Role, Seat } from './protocol';

/** Whether a seat is one of the two sides', who start, pause and end. */
export const isSide = (seat: Seat): seat is Role => seat === 'host' || seat === 'client';

/** Who only watches, and sends nothing. */
export const watches = (seat: Seat): boolean => seat.startsWith('observer');

/** Whom a seat has in front of it: the sides each other, whoever was called in the client. */
export const peerOf = (seat: Seat): Role => (seat === 'client' ? 'host' : 'client');
