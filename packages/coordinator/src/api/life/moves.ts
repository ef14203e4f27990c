// The moves of one torrent, one after the other, and what an earlier run has left of one.

import { moveTorrent, settleMove, type Mover } from "./torrent-move.ts";
import type { TorrentServices } from "../torrent-services.ts";

/** A torrent that is moved. */
export interface MovedTorrent extends Mover {
  readonly services: () => TorrentServices;
}

/** Moves one torrent. It must not start meanwhile, and its folders stay locked. */
export class Moves {
  /** A move may have been cut off: it is finished or undone before the torrent starts, or is moved again. */
  mayBeCutOff: boolean;
  readonly #torrent: MovedTorrent;
  #last: Promise<void> | undefined;

  constructor(mayBeCutOff: boolean, torrent: MovedTorrent) {
    this.#torrent = torrent;
    this.mayBeCutOff = mayBeCutOff;
  }

  get areUnderWay(): boolean {
    return this.#last !== undefined;
  }

  /** Settles when what is under way is over, well or not. */
  async over(): Promise<void> {
    await this.#last;
  }

  /**
   * Moves when those before are over.
   *
   * @param directory Absolute.
   * @param after Called when no other follows.
   * @throws TroupeError as `Torrent.move` says.
   */
  async move(directory: string, after: () => Promise<void>): Promise<void> {
    await this.#run(() => this.#move(directory), after);
  }

  /**
   * Finishes or undoes a move that was cut off. The torrent's own folder is locked.
   *
   * @param failed Hears in a later turn why the torrent cannot run: whoever adds it listens as soon as he has it.
   * @returns Whether it can run.
   */
  async settle(failed: (error: unknown) => void): Promise<boolean> {
    if (!this.mayBeCutOff) return true;
    const task = this.#run(
      () => this.#settle(),
      () => Promise.resolve(),
    );
    return await task.then(
      () => true,
      (error: unknown) => {
        setImmediate(() => failed(error));
        return false;
      },
    );
  }

  async #run(task: () => Promise<void>, after: () => Promise<void>): Promise<void> {
    const earlier = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await earlier;
    try {
      await task();
    } finally {
      const isLast = this.#last === promise;
      if (isLast) this.#last = undefined;
      if (isLast) await after();
      resolve();
    }
  }

  async #move(directory: string): Promise<void> {
    const torrent = this.#torrent;
    if (this.mayBeCutOff) {
      await torrent.services().lock.take();
      await torrent.stop();
      await this.#settle();
    }
    if (torrent.services().request.directory === directory) return;
    this.mayBeCutOff = true;
    await moveTorrent(torrent.services(), directory, torrent);
    this.mayBeCutOff = false;
  }

  async #settle(): Promise<void> {
    await settleMove(this.#torrent.services(), this.#torrent);
    this.mayBeCutOff = false;
  }
}
