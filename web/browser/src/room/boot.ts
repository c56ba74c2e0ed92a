/** What the room's page brings for this script, with the addresses of one session as a fallback. */
import { block } from '../words';
import type { Seat } from './protocol';

export interface Boot {
  readonly number: string;
  readonly ticket: string | null;
  readonly socket: string;
  readonly tickets: string;
  readonly files: string;
  readonly csrf: string;
  readonly result: string;
  /** The link to send, for the consultant who waits. */
  readonly invite: string | null;
  /** Where the payer tops up; null for the other side. */
  readonly top_up: string | null;
  readonly participant: Seat;
  /** A codec asked for by a test; null leaves the choice to us. */
  readonly codec: string | null;
}

export function boot(path: string = location.pathname): Boot {
  const number = path.split('/')[2] ?? '';
  const base = `/sessions/${number}`;
  return {
    number,
    ticket: null,
    socket: `${base}/socket`,
    tickets: `${base}/tickets`,
    files: `${base}/files`,
    csrf: document.querySelector<HTMLMetaElement>('meta[name=csrf]')?.content ?? '',
    result: `${base}/result`,
    invite: null,
    top_up: null,
    participant: 'client',
    codec: new URLSearchParams(location.search).get('codec'),
    ...dropNulls(block<Boot>('boot')),
  };
}

/** A null of the page is "not said". */
function dropNulls<T extends object>(given: T): Partial<T> {
  const told = Object.entries(given).filter(([, value]) => value !== null);
  return Object.fromEntries(told) as Partial<T>;
}

export function socketAddress(path: string): string {
  return new URL(path, location.href.replace(/^http/, 'ws')).href;
}

/** Asks for another ticket; the login cookie and the page's token prove who asks. */
export async function anotherTicket({ tickets, csrf }: Boot): Promise<string> {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf };
  const answer = await fetch(tickets, { method: 'POST', headers });
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return ((await answer.json()) as { ticket: string }).ticket;
}
