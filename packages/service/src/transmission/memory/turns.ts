/**
 * Lets changes that first read the value which they change wait for each other, so that none is lost. The calls that the
 * service takes at once bound how many wait.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Does work when the earlier work on the same thing has ended.
   *
   * @param thing An info-hash, or another name.
   * @throws rejects as `work` does.
   */
  async take<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(thing) ?? Promise.resolve();
    const turn = before.then(work);
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(thing, ended);
    try {
      return await turn;
    } finally {
      if (this.#last.get(thing) === ended) this.#last.delete(thing);
    }
  }
}
