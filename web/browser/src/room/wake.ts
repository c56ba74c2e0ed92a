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

/** Voices send fifty packets a second, when they are silent too; a gap this long is no loss. */
export const HUSH_MS = 1500;

/** Notices that voices have ceased to come, long before ICE gives the way up. */
export class Hush {
  #mark = 0;
  #changedMs = 0;
  #told = true;

  /** `mark` is another one with each packet, 0: there are none. True once, when they cease. */
  look(mark: number, nowMs: number): boolean {
    if (mark !== 0 && mark !== this.#mark) {
      this.#told = false;
      [this.#mark, this.#changedMs] = [mark, nowMs];
    }
    if (this.#told || nowMs - this.#changedMs < HUSH_MS) return false;
    return (this.#told = true);
  }
}
