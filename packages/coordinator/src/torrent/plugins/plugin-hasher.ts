// The hashes of a torrent's downloaded pieces by a hasher of the user's program. Our own hash is taken of one piece in 64,
// and of each piece that the hasher calls wrong. After a fault our own hash is taken of all.

import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import type { GroupDigests, Hasher, HashPool, HashTask } from "@troupe/hash-worker";
import { hexadecimal } from "@troupe/protocol/bytes";
import type { PieceHashes } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";

/** Our own hash is taken of the first piece of a run, and of each that comes so many pieces later. */
export const checkedOneIn = 64;

/** A piece to hash. */
interface PieceTask extends HashTask {
  readonly piece: PieceIndex;
}

/** The hashes by a hasher for pieces in question. */
interface GivenHashes {
  readonly tasks: readonly PieceTask[];
  readonly hashes: PieceHashes;
  readonly given: Uint8Array;
}

/** Asks a hasher until its first fault, or until it is closed. */
export class PluginHasher {
  readonly #hasher: Hasher;
  readonly #ownPool: Pick<HashPool, "digestAll">;
  readonly #fail: (deed: string) => void;
  #isAsked = true;
  #hashedPieces = 0;

  /** @param fail Hears of the first fault, as the end of a sentence that begins with the hasher. */
  constructor(hasher: Hasher, ownPool: Pick<HashPool, "digestAll">, fail: (deed: string) => void) {
    this.#hasher = hasher;
    this.#ownPool = ownPool;
    this.#fail = fail;
  }

  /** @param hashes Hashes of a torrent of version 1. @returns as {@link HashPool.digestAll}. */
  async digestAll(tasks: readonly PieceTask[], hashes: PieceHashes): Promise<GroupDigests> {
    const given = await this.#ask(tasks);
    if (given !== undefined) {
      const failures = await this.#check({ tasks, hashes, given });
      if (this.#isAsked) return { digests: given, ...(failures.size > 0 && { failures }) };
    }
    return await this.#ownPool.digestAll(tasks, hashes);
  }

  /** The run has ended, or another hasher takes over. */
  close(): void {
    this.#isAsked = false;
  }

  async #ask(tasks: readonly PieceTask[]): Promise<Uint8Array | undefined> {
    if (!this.#isAsked) return undefined;
    try {
      return await this.#hasher.digestAll(tasks);
    } catch (error) {
      if (!(error instanceof WrongAnswer)) throw error;
      this.#failed(error.message);
      return undefined;
    }
  }

  /** @returns Errors of our own pool, by the index of the piece. */
  async #check(question: GivenHashes): Promise<Map<number, unknown>> {
    const { tasks, hashes, given } = question;
    const failures = new Map<number, unknown>();
    const checked = this.#chooseChecked(question);
    if (checked.length === 0) return failures;
    const chosen = checked.flatMap((index) => tasks[index] ?? []);
    const own = await this.#ownPool.digestAll(chosen, hashes);
    for (const [at, index] of checked.entries()) {
      if (own.failures?.has(at) === true) failures.set(index, own.failures.get(at));
      else {
        const ours = hashAt(own.digests, at, hashes);
        const theirs = hashAt(given, index, hashes);
        if (ours !== theirs)
          this.#failed(
            `gave the hash ${theirs} for piece ${tasks[index]?.piece}, which is ${ours}`,
          );
      }
    }
    return failures;
  }

  #chooseChecked({ tasks, hashes, given }: GivenHashes): readonly number[] {
    const checked: number[] = [];
    for (const [index, { piece }] of tasks.entries()) {
      const isDue = this.#hashedPieces % checkedOneIn === 0;
      this.#hashedPieces += 1;
      if (isDue || !hashes.matches(piece, given, index * hashes.digestBytes)) checked.push(index);
    }
    return checked;
  }

  #failed(deed: string): void {
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#fail(deed);
  }
}

function hashAt(digests: Uint8Array, index: number, { digestBytes }: PieceHashes): string {
  const from = index * digestBytes;
  return hexadecimal(digests.subarray(from, from + digestBytes));
}
