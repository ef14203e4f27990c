// What one incarnation has opened, and the end of it. Needed where incarnations share a thread: there, no thread ends
// with them and closes what they left.

/** Collects what to release when an incarnation is over, and guards the callbacks that run on its behalf. */
export class Scope {
  readonly #fail: (error: unknown) => void;
  readonly #releases = new Set<() => void>();
  #isOver = false;

  /** @param fail Ends the incarnation that this scope belongs to. */
  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Remembers to run `release` at the end; at once when this is the end.
   * @returns Forgets it again: what was opened has been closed.
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

  /** Runs `task` unless this is over. What it throws ends the incarnation. */
  run(task: () => void): void {
    if (this.#isOver) return;
    try {
      task();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Releases everything, newest first. What a release throws is left: there is nobody to mend it. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const release of [...this.#releases].toReversed()) {
      try {
        release();
      } catch {
        // The others must be released all the same.
      }
    }
    this.#releases.clear();
  }
}
