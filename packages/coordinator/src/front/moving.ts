// A torrent whose files are brought to another folder.

import type { TorrentId } from "@troupe/messages";
import { TroupeError } from "../troupe-error.ts";
import type { TorrentParts } from "./torrent-parts.ts";

/** Copying to another volume takes as long as its bytes do: 1 MB/s would be 10 GB in this time. */
const moveDeadlineMs = 10_000_000;

/** The moves of one torrent, one after the other. */
export class Moves {
  #last: Promise<void> | undefined;

  /** Its files are on their way: it must not start, and its folders stay locked. */
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
   * @param after Called when no other follows.
   * @throws rejects with what `move` rejects with.
   */
  async run(move: () => Promise<void>, after: () => Promise<void>): Promise<void> {
    const earlier = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await earlier;
    try {
      await move();
    } finally {
      const isLast = this.#last === promise;
      if (isLast) this.#last = undefined;
      if (isLast) await after();
      resolve();
    }
  }
}

/** What is to be done, and how the torrent is stopped for it. */
export interface Move {
  /** Absolute. */
  readonly directory: string;
  /** Its number in the engine at hand. */
  readonly id: () => TorrentId;
  readonly stop: () => Promise<void>;
}

/**
 * Both folders are locked while files move.
 *
 * @returns The parts for the new folder, its lock held.
 * @throws TroupeError as `Torrent.move` says; the old parts stand then, their lock held.
 */
export async function moveTorrent(
  parts: TorrentParts,
  { directory, id, stop }: Move,
): Promise<TorrentParts> {
  const { engine, patiently, request } = parts;
  if (request.directory === directory) return parts;
  if (request.home?.kind === "file") {
    throw new TroupeError(
      "job-folder",
      `this torrent lives in "${request.directory}" with its state: close it and move that folder`,
    );
  }
  await parts.lock.take();
  const next = parts.elsewhere(directory);
  await next.lock.take();
  try {
    await stop();
    const answer = await patiently(() =>
      engine.call("move-torrent", { torrent: id(), directory }, { deadlineMs: moveDeadlineMs }),
    );
    if ("refused" in answer) {
      throw new TroupeError(answer.refused, answer.message ?? "the torrent was removed");
    }
  } catch (error) {
    await next.lock.release();
    throw error;
  }
  await parts.forgetCopies();
  await parts.lock.release();
  return next;
}
