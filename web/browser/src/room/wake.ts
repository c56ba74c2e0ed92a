/** Keeps the device's screen awake while the session runs; taken again when the page is seen. */
export class Wake {
  #lock: WakeLockSentinel | null = null;
  #asking = false;

  keep(wanted: boolean): void {
    if (!('wakeLock' in navigator)) return;
    const held = this.#lock !== null && !this.#lock.released;
    if (wanted && !held && !document.hidden && !this.#asking) void this.#take();
    if (!wanted && held) void this.#lock?.release();
  }

  async #take(): Promise<void> {
    this.#asking = true;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      this.#asking = false;
    } catch {
      // Refused (low battery, no such right): not asked again, the session goes on without it.
    }
  }
}

/** A gap between two looks that no busy page and no throttled timer makes. */
export const SLEPT_MS = 10_000;

/**
 * Notices that the device slept, or the page was frozen. Looks by the clock on the wall: the one
 * of `performance` stands still on many systems while they sleep.
 */
export class Sleep {
  #lookedMs: number | null = null;

  /** How long the sleep was that this look ends, in ms; 0: there was none. */
  look(wallMs: number): number {
    const gapMs = this.#lookedMs === null ? 0 : wallMs - this.#lookedMs;
    this.#lookedMs = wallMs;
    return gapMs >= SLEPT_MS ? gapMs : 0;
  }
}
