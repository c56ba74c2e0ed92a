/** The minute strip: a cell a minute, newest right, with what each one says of itself. Pure. */
import { _ } from '../words';
import type { Cell, Signer } from './protocol';

export interface StripCell {
  readonly n: number;
  /** Class that draws the shape; shape tells, colour helps. */
  readonly shape: 'billed' | 'free' | 'paused' | 'absent' | 'reconnecting';
  readonly hour: boolean;
  /** Both ends have signed its receipt. */
  readonly signed: boolean;
  readonly label: string;
}

const SHAPES = new Set<string>(['billed', 'free', 'paused', 'absent', 'reconnecting']);

function meaning(shape: string): string {
  switch (shape) {
    case 'billed':
      return _('billed');
    case 'free':
      return _('free');
    case 'paused':
      return _('paused');
    case 'absent':
      return _('not billed: one side was away');
    default:
      return _('not billed: the connection was being restored');
  }
}

/** The last `most` minutes, ready to draw. */
export function cells(
  strip: readonly Cell[],
  most: number,
  signers: readonly Signer[] = [],
): StripCell[] {
  return strip.slice(-most).map((cell) => {
    const { n, state } = cell;
    const shape = (SHAPES.has(state) ? state : 'absent') as StripCell['shape'];
    const signed = isSigned(cell, signers);
    const said = shape === 'billed' || shape === 'free' ? signing(signed, signers) : '';
    const label = _('Minute {n}: {meaning}', { n, meaning: meaning(shape) }) + said;
    return { n, shape, hour: n > 1 && n % 60 === 1, signed, label };
  });
}

function isSigned({ signed = [] }: Cell, signers: readonly Signer[]): boolean {
  return signers.length > 0 && signers.every(({ leg }) => signed.includes(leg));
}

function signing(signed: boolean, signers: readonly Signer[]): string {
  if (!signers.length) return '';
  return signed ? _(', signed by both sides') : _(', not signed by both sides');
}

/** One sentence for those who do not see the strip. */
export function summary(strip: readonly Cell[]): string {
  const billed = strip.filter(({ state }) => state === 'billed').length;
  return _('Minutes: {all}, billed: {billed}', { all: strip.length, billed });
}
