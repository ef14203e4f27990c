import type { Context } from "@troupe/actor-runtime";
import type { HashAlgorithm } from "@troupe/protocol/piece-hashes";
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
  const hashes: Readonly<Record<HashAlgorithm, Hash>> = { sha1 };
  const digest = (task: HashTask, { algorithm, blockBytes }: DigestGroup): Uint8Array => {
    const hash = hashes[algorithm];
    return blockBytes === undefined ? hash(pieceOf(task)) : digestBlocks(hash, task, blockBytes);
  };
  const hashLater = (task: HashTask, group: DigestGroup, index: number): void => {
    const fail = (error: unknown): void => group.fail(index, error);
    if (isClosed) return fail(poolClosed("hash"));
    if (waiting.size >= maxQueued) return fail(queueFull("hash", maxQueued));
    waiting.add(fail);
    timers.soon(() => {
      if (waiting.delete(fail)) group.take(index, digest(task, group), 0);
    });
  };
  return {
    threads: 0,
    restarts: 0,
    abandoned: 0,
    get queued() {
      return waiting.size;
    },
    digestAll: (tasks, algorithm) => digestGroup(tasks, algorithm, hashLater),
    digestBlocks: (task, blocks) => digestWithBlocks(task, blocks, hashLater),
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

/** `HashPool.digestBlocks` in the caller's thread. */
export function digestBlocks(hash: Hash, task: HashTask, blockBytes: number): Uint8Array {
  const piece = pieceOf(task);
  const { lengthBytes } = task;
  const whole = hash(piece);
  const digestBytes = whole.length;
  const digests = new Uint8Array((1 + Math.ceil(lengthBytes / blockBytes)) * digestBytes);
  digests.set(whole);
  for (let begin = 0, to = digestBytes; begin < lengthBytes; begin += blockBytes) {
    digests.set(hash(piece.subarray(begin, begin + blockBytes)), to);
    to += digestBytes;
  }
  return digests;
}

function pieceOf({ memory, offset, lengthBytes }: HashTask): Uint8Array {
  return new Uint8Array(memory, offset, lengthBytes);
}
