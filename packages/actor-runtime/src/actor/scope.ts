/** Releases an incarnation's resources at its end, and guards its callbacks, in a shared thread. */
export class Scope {
  readonly #fail: (error: unknown) => void;
  readonly #releases = new Set<() => void>();
  #isOver = false;

  /** @param fail Ends the incarnation. */
  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Runs `release` at the end, or at once after it.
   * @returns Cancels that, once the resource is closed.
   */
  own(release: () => void): () => void {
    if (this.#isOver) {
      release();
      return () => {};
    }
    this.#releases.add(release);
    return () => {
      this.#releases.delete(release);
    };
  }

  /** Does nothing after the end. An error ends the incarnation. */
  run(task: () => void): void {
    if (this.#isOver) return;
    try {
      task();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Newest first. Ignores errors. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const release of [...this.#releases].toReversed()) {
      try {
        release();
      } catch {
        // Release the others.
      }
    }
    this.#releases.clear();
  }
}
