/**
 * Releases the resources of an incarnation at its end, and guards its callbacks. For shared threads, which outlive
 * their
 * incarnations.
 */
export class Scope {
  readonly #fail: (error: unknown) => void;
  readonly #releases = new Set<() => void>();
  #isOver = false;

  /** @param fail Ends this incarnation. */
  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Runs `release` at the end; at once if the end has passed.
   * @returns Cancels that, for a resource that is closed.
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

  /** Runs `task` unless this is over. An error ends the incarnation. */
  run(task: () => void): void {
    if (this.#isOver) return;
    try {
      task();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Releases everything, newest first. Ignores errors. */
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
