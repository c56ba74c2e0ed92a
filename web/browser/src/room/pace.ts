/** Lets the newest value through at most once in a span; what came between is never said. */
export class Pace<T> {
  #waiting: { value: T } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly spanMs: number,
    private readonly say: (value: T) => void,
  ) {}

  put(value: T): void {
    if (this.#timer !== undefined) {
      this.#waiting = { value };
      return;
    }
    this.say(value);
    this.#timer = setTimeout(() => this.#next(), this.spanMs);
  }

  #next(): void {
    const waiting = this.#waiting;
    this.#timer = undefined;
    this.#waiting = null;
    if (waiting) this.put(waiting.value);
  }
}
