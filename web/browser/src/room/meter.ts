/**
 * The running clock. The truth is the server's; between its readings the browser counts on with a
 * monotonic clock, for a few seconds at most. Shown seconds never go backwards, unless the server
 * corrects them by more than a second, and never below zero.
 */
export interface Meter {
  /** Seconds by the server's last word. */
  readonly clockS: number;
  readonly running: boolean;
  /** `performance.now()` when that word came. */
  readonly takenMs: number;
  /** The least that may be shown: what was shown when the last word came. */
  readonly floorS: number;
}

export interface Reading {
  clock_s: number;
  running: boolean;
}

/** How long the browser counts on without a word from the server. */
export const RUN_ON_MS = 3000;
const JUMP_S = 1;

export const atRest: Meter = { clockS: 0, running: false, takenMs: 0, floorS: 0 };

/** Takes the server's word; a small step back is waited out, a large one is believed. */
export function take(meter: Meter, reading: Reading, nowMs: number): Meter {
  const clockS = Math.max(0, reading.clock_s);
  const before = seconds(meter, nowMs);
  const floorS = before - clockS > JUMP_S ? clockS : Math.max(before, clockS);
  return { clockS, running: reading.running, takenMs: nowMs, floorS };
}

/** Whole seconds to show at `nowMs`. */
export function seconds(meter: Meter, nowMs: number): number {
  const onMs = meter.running ? Math.min(RUN_ON_MS, Math.max(0, nowMs - meter.takenMs)) : 0;
  return Math.max(meter.floorS, Math.floor(meter.clockS + onMs / 1000));
}

/** `12:47`, from an hour `1:07:02`. */
export function clockText(total: number): string {
  const whole = Math.max(0, Math.floor(total));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** As a duration for machines, `PT767S`. */
export function duration(total: number): string {
  return `PT${Math.max(0, Math.floor(total))}S`;
}
