import type { Context } from "@troupe/actor-runtime";
import { blockDigests, digestPiece } from "@troupe/protocol/piece-digest";
import type { HashPool, HashTask } from "./hash-pool.ts";
import { poolClosed, queueFull } from "../pool-errors.ts";
import { digestGroup, digestWithBlocks, type DigestGroup } from "./digest-group.ts";

type Hash = (bytes: Uint8Array) => Uint8Array;

/** Parts of the owner's context. */
interface InlineHashPoolOptions extends Pick<Context, "sha1" | "timers"> {
  /** Further pieces are refused. Default 4 096. */
  readonly maxQueued?: number;
}

/** A hash pool without threads, for the inline and simulated hosts: a piece for each turn of the event loop. */
export function inlineHashPool(options: InlineHashPoolOptions): HashPool {
  const { sha1, timers, maxQueued = 4_096 } = options;
  const waiting = new Set<(error: unknown) => void>();
  let isClosed = false;
  const hashLater = (task: HashTask, group: DigestGroup, index: number): void => {
    const fail = (error: unknown): void => group.fail(index, error);
    if (isClosed) return fail(poolClosed("hash"));
    if (waiting.size >= maxQueued) return fail(queueFull("hash", maxQueued));
    waiting.add(fail);
    timers.soon(() => {
      if (waiting.delete(fail)) group.take(index, digestInline(task, group, sha1), 0);
    });
  };
  return {
    threads: 0,
    restarts: 0,
    abandoned: 0,
    get queued() {
      return waiting.size;
    },
    digestAll: (tasks, rule) => digestGroup(tasks, rule, hashLater),
    digestBlocks: (task, rule) => digestWithBlocks(task, rule, hashLater),
    killThread: () => false,
    hangThread: () => {},
    close() {
      isClosed = true;
      for (const fail of waiting) fail(poolClosed("hash"));
      waiting.clear();
      return Promise.resolve();
    },
  };
}

/** The digests of a task of a group, in the caller's thread. */
export function digestInline(
  { lengthBytes, memory, offset, dataBytes = lengthBytes }: HashTask,
  { hasBlocks, rule }: DigestGroup,
  sha1: Hash,
): Uint8Array {
  const piece = new Uint8Array(memory, offset, lengthBytes);
  const digest = digestPiece(rule, piece, dataBytes, sha1);
  if (!hasBlocks) return digest;
  const ofBlocks = blockDigests(piece.subarray(0, dataBytes), rule.algorithm, sha1);
  const digests = new Uint8Array(digest.length + ofBlocks.length);
  digests.set(digest);
  digests.set(ofBlocks, digest.length);
  return digests;
}
