// The moves of a torrent, in order.

import { giveUpMove, findMove, moveTorrent, settleMove, type Mover } from "./torrent-move.ts";

/** Moves a torrent. The torrent must not start meanwhile. */
export class Moves {
  /** A move may have been cut off: the next start or move settles it first. */
  mayBeCutOff: boolean;
  readonly #torrent: Mover;
  #last: Promise<void> | undefined;

  constructor(mayBeCutOff: boolean, torrent: Mover) {
    this.#torrent = torrent;
    this.mayBeCutOff = mayBeCutOff;
  }

  get areUnderWay(): boolean {
    return this.#last !== undefined;
  }

  /** Resolves when no move is under way. */
  async over(): Promise<void> {
    await this.#last;
  }

  /** Whether a move was cut off, and is not settled yet. */
  async areCutOff(): Promise<boolean> {
    return this.mayBeCutOff && (await findMove(this.#torrent)) !== undefined;
  }

  /**
   * @param directory Absolute.
   * @param after Called if no other move follows.
   * @throws TroupeError as `Torrent.move` says.
   */
  async move(directory: string, after: () => Promise<void>): Promise<void> {
    await this.#run(() => this.#move(directory), after);
  }

  /**
   * Finishes or undoes a move that was cut off. The torrent's own folder is locked.
   *
   * @param failed Called in a later turn with the error: a caller that adds the torrent listens by then.
   * @returns Whether the torrent can run.
   */
  async settle(failed: (error: unknown) => void): Promise<boolean> {
    if (!this.mayBeCutOff) return true;
    return await this.#run(() => this.#settle()).then(
      () => true,
      (error: unknown) => {
        setImmediate(() => failed(error));
        return false;
      },
    );
  }

  /**
   * Waits for moves under way, and settles one that was cut off: else the state folder would still list the removed torrent in
   * the other folder. A move that cannot be settled is given up.
   */
  async endForRemoval(): Promise<void> {
    await this.over();
    if (!this.mayBeCutOff) return;
    const torrent = this.#torrent;
    const isOurs = await torrent.services.lock.take().then(
      () => true,
      () => false,
    );
    // Else the record is that of another program.
    if (!isOurs) return;
    try {
      await torrent.stopInEngine();
      await this.#run(() => this.#settle());
    } catch {
      await giveUpMove(torrent).catch(() => undefined);
    }
  }

  async #run(task: () => Promise<void>, after?: () => Promise<void>): Promise<void> {
    const earlier = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await earlier;
    try {
      await task();
    } finally {
      const isLast = this.#last === promise;
      if (isLast) this.#last = undefined;
      if (isLast) await after?.();
      resolve();
    }
  }

  async #move(directory: string): Promise<void> {
    const torrent = this.#torrent;
    if (this.mayBeCutOff) {
      await torrent.services.lock.take();
      await torrent.stopInEngine();
      await this.#settle();
    }
    if (torrent.services.request.directory === directory) return;
    this.mayBeCutOff = true;
    await moveTorrent(torrent, directory);
    this.mayBeCutOff = false;
  }

  async #settle(): Promise<void> {
    await settleMove(this.#torrent);
    this.mayBeCutOff = false;
  }
}
