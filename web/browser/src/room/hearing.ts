/**
 * How loud the own microphone is, muted or not: for the ring on its button, and to say that one
 * speaks into a microphone that is off. Nothing of it leaves the page.
 */
const LOUD = 0.05;
const BREATH_MS = 1200;
const SPEECH_MS = 3000;
// 0.7 s at 48 kHz: nothing between two looks goes unheard, even when a busy page looks late.
const HEARD_SAMPLES = 32768;

/** Speech as a run of loud moments with short breaths between them. Pure. */
export class Speech {
  #sinceMs = 0;
  #loudMs = -Infinity;

  hear(level: number, nowMs: number): void {
    if (level < LOUD) return;
    if (nowMs - this.#loudMs > BREATH_MS) this.#sinceMs = nowMs;
    this.#loudMs = nowMs;
  }

  speaks(nowMs: number): boolean {
    return nowMs - this.#loudMs < BREATH_MS;
  }

  /** Long enough to be more than a cough. */
  lasts(nowMs: number): boolean {
    return this.speaks(nowMs) && nowMs - this.#sinceMs >= SPEECH_MS;
  }
}

export class Hearing {
  readonly speech = new Speech();
  #analyser: AnalyserNode | null = null;
  #copy: MediaStreamTrack | null = null;
  #wave = new Float32Array(HEARD_SAMPLES);

  /** Listens to a copy of the track: muting silences the track itself. */
  listen(track: MediaStreamTrack | null, context: AudioContext): void {
    this.#copy?.stop();
    this.#copy = track?.clone() ?? null;
    this.#analyser = null;
    if (!this.#copy) return;
    this.#copy.enabled = true;
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = this.#wave.length;
    context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
  }

  look(nowMs: number): void {
    if (!this.#analyser) return;
    this.#analyser.getFloatTimeDomainData(this.#wave);
    let peak = 0;
    for (const sample of this.#wave) peak = Math.max(peak, Math.abs(sample));
    this.speech.hear(peak, nowMs);
  }

  close(): void {
    this.#copy?.stop();
  }
}
