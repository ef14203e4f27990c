// Pieces that are hashed for one question. Their digests may come from several threads, in any order.

import { blockDigestsLength, digestLength, type DigestRule } from "@troupe/protocol/piece-digest";

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

/** Gathers the digests of a group. */
export class DigestGroup {
  /** Settles when each piece has its digest or its error; never rejects. */
  readonly answer: Promise<GroupDigests>;
  readonly rule: DigestRule;
  /** The blocks of the piece are digested too. */
  readonly hasBlocks: boolean;
  readonly #resolve: (answer: GroupDigests) => void;
  readonly #digests: Uint8Array;
  readonly #bytesAPiece: number;
  #failures: Map<number, unknown> | undefined;
  #left: number;

  /** @param dataBytes Length of the only piece, whose blocks are digested too. Default 0: blocks are not. */
  constructor(rule: DigestRule, pieces: number, dataBytes = 0) {
    const { promise, resolve } = Promise.withResolvers<GroupDigests>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#left = pieces;
    this.rule = rule;
    this.hasBlocks = dataBytes > 0;
    const { algorithm } = rule;
    this.#bytesAPiece = digestLength(algorithm) + blockDigestsLength(algorithm, dataBytes);
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

/** Hashes a task of a group: `take` or `fail` follows. */
type AddTask<Task> = (task: Task, group: DigestGroup, index: number) => void;

/** `HashPool.digestAll` of a pool with such an `add`. */
export function digestGroup<Task>(
  tasks: readonly Task[],
  rule: DigestRule,
  add: AddTask<Task>,
): Promise<GroupDigests> {
  const group = new DigestGroup(rule, tasks.length);
  let index = 0;
  for (const task of tasks) add(task, group, index++);
  return group.answer;
}

/** `HashPool.digestBlocks` of a pool with such an `add`. */
export async function digestWithBlocks<
  Task extends { readonly lengthBytes: number; readonly dataBytes?: number },
>(task: Task, rule: DigestRule, add: AddTask<Task>): Promise<Uint8Array> {
  const group = new DigestGroup(rule, 1, task.dataBytes ?? task.lengthBytes);
  add(task, group, 0);
  return onlyDigests(await group.answer);
}
