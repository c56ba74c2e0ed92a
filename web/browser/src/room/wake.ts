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
