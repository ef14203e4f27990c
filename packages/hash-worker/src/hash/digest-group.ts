// Pieces that are hashed for one question. Their digests may come from several threads, in any order.

import { digestLength, type HashAlgorithm } from "@troupe/protocol/piece-hashes";

/** The digests of a group of pieces. */
export interface GroupDigests {
  /** A digest a piece, in the order of the tasks; zeros for a piece that failed. */
  readonly digests: Uint8Array;
  /**
   * ActorErrors by index of the task: `hash-queue-full` beyond `maxQueued`, `hash-failed` when two threads died at the
   * piece or four tries were late, `hash-closed`. Absent: no piece failed.
   */
  readonly failures?: ReadonlyMap<number, unknown>;
}

/** Blocks of a piece that are digested too. */
interface DigestedBlocks {
  readonly lengthBytes: number;
  readonly blockBytes: number;
}

/** Gathers the digests of a group. */
export class DigestGroup {
  /** Settles when each piece has its digest or its error; never rejects. */
  readonly answer: Promise<GroupDigests>;
  readonly algorithm: HashAlgorithm;
  /** Length of the blocks to digest too. */
  readonly blockBytes: number | undefined;
  readonly #resolve: (answer: GroupDigests) => void;
  readonly #digests: Uint8Array;
  readonly #bytesAPiece: number;
  #failures: Map<number, unknown> | undefined;
  #left: number;

  /** @param pieces 1 with `blocks`, whose digests follow that of the piece. */
  constructor(algorithm: HashAlgorithm, pieces: number, blocks?: DigestedBlocks) {
    const { promise, resolve } = Promise.withResolvers<GroupDigests>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#left = pieces;
    this.algorithm = algorithm;
    this.blockBytes = blocks?.blockBytes;
    const blockCount = blocks === undefined ? 0 : Math.ceil(blocks.lengthBytes / blocks.blockBytes);
    this.#bytesAPiece = digestLength(algorithm) * (1 + blockCount);
    this.#digests = new Uint8Array(pieces * this.#bytesAPiece);
  }

  /** Copies the digests of a piece from `from`. @returns Where those of the next piece begin. */
  take(index: number, from: Uint8Array, at: number): number {
    const to = index * this.#bytesAPiece;
    // A view of each piece would be an object of each piece.
    for (let byte = 0; byte < this.#bytesAPiece; byte++)
      this.#digests[to + byte] = from[at + byte] ?? 0;
    this.#settleOne();
    return at + this.#bytesAPiece;
  }

  /** The piece has no digest. */
  fail(index: number, error: unknown): void {
    this.#failures ??= new Map();
    this.#failures.set(index, error);
    this.#settleOne();
  }

  #settleOne(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    const failures = this.#failures;
    this.#resolve({ digests: this.#digests, ...(failures !== undefined && { failures }) });
  }
}

/** @returns The digests of a group of one piece. @throws its error. */
export function onlyDigests({ digests, failures }: GroupDigests): Uint8Array {
  if (failures !== undefined) throw failures.get(0);
  return digests;
}

/** How a piece is digested with its blocks. */
export interface BlockDigests {
  readonly algorithm: HashAlgorithm;
  /** Length of each block but the last. */
  readonly blockBytes: number;
}

/** Hashes a task of a group: `take` or `fail` follows. */
type AddTask<Task> = (task: Task, group: DigestGroup, index: number) => void;

/** `HashPool.digestAll` of a pool with such an `add`. */
export function digestGroup<Task>(
  tasks: readonly Task[],
  algorithm: HashAlgorithm,
  add: AddTask<Task>,
): Promise<GroupDigests> {
  const group = new DigestGroup(algorithm, tasks.length);
  let index = 0;
  for (const task of tasks) add(task, group, index++);
  return group.answer;
}

/** `HashPool.digestBlocks` of a pool with such an `add`. */
export async function digestWithBlocks<Task extends { readonly lengthBytes: number }>(
  task: Task,
  { algorithm, blockBytes }: BlockDigests,
  add: AddTask<Task>,
): Promise<Uint8Array> {
  const group = new DigestGroup(algorithm, 1, { lengthBytes: task.lengthBytes, blockBytes });
  add(task, group, 0);
  return onlyDigests(await group.answer);
}
