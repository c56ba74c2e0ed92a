/** The minute strip: a cell a minute, newest right, with what each one says of itself. Pure. */
import { _ } from '../words';
import type { Cell } from './protocol';

export interface StripCell {
  readonly n: number;
  /** Class that draws the shape; shape tells, colour helps. */
  readonly shape: 'billed' | 'free' | 'paused' | 'absent' | 'reconnecting';
  readonly hour: boolean;
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
export function cells(strip: readonly Cell[], most: number): StripCell[] {
  return strip.slice(-most).map(({ n, state }) => {
    const shape = (SHAPES.has(state) ? state : 'absent') as StripCell['shape'];
    const label = _('Minute {n}: {meaning}', { n, meaning: meaning(shape) });
    return { n, shape, hour: n > 1 && n % 60 === 1, label };
  });
}

/** One sentence for those who do not see the strip. */
export function summary(strip: readonly Cell[]): string {
  const billed = strip.filter(({ state }) => state === 'billed').length;
  return _('Minutes: {all}, billed: {billed}', { all: strip.length, billed });
}
