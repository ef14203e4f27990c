// Questions to an engine that may crash: its successor gets those that were not answered.

import { Deferred, isGone } from "@troupe/api-base";

/** The time from the crash of an engine until the next one has all torrents. */
export class EngineRevival {
  /** Pending from a crash until the next engine has all torrents. */
  #revived: Deferred<void> | undefined;
  /** No engine follows. */
  #lost: Error | undefined;

  /** Whether the next engine has not all torrents yet. */
  get isUnderWay(): boolean {
    return this.#revived !== undefined;
  }

  begin(): void {
    this.#revived ??= new Deferred();
  }

  /** The next engine has all torrents; or none follows. */
  end(): void {
    this.#revived?.resolve();
    this.#revived = undefined;
  }

  /** @param error What questions to the engine reject with from now on. */
  lose(error: Error): void {
    this.#lost = error;
    this.end();
  }

  /** See `TorrentServices.untilAnswered`. */
  async untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      // At once while an engine runs: the caller's next message must not overtake the question.
      if (this.#revived !== undefined) await this.#revived.promise;
      try {
        return await ask();
      } catch (error) {
        if (!isGone(error)) throw error;
        // Closed or lost: no engine follows.
        if (this.#revived === undefined) throw this.#lost ?? error;
      }
    }
  }
}
