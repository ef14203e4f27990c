import type { HashTask } from "../hash/hash-pool.ts";

/** A hasher of the user's program. Made by `openHasher` or `inlineHasher`. */
export interface Hasher {
  /** @throws rejects with `WrongAnswer` for a module that cannot be loaded, or makes no hasher. */
  load(): Promise<void>;
  /**
   * @param tasks Pieces that do not change until the answer.
   * @returns The SHA-1 of each by the module, end to end.
   * @throws rejects with `WrongAnswer` for an error, a wrong or late answer, and a thread that ended.
   */
  digestAll(tasks: readonly HashTask[]): Promise<Uint8Array>;
  /** Questions under way reject. */
  close(): Promise<void>;
}

/** The slowest working hasher: 10 MB/s. */
const answerBytesPerMs = 10_000;

/** Times that a hasher has. */
export interface HasherTimes {
  /** For its load. */
  readonly loadMs: number;
  /** For each question. A busy machine gives a thread little time. */
  readonly answerMs: number;
}

/** The time that a hasher has for a question. */
export function answerMsFor({ answerMs }: HasherTimes, tasks: readonly HashTask[]): number {
  const bytes = tasks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return answerMs + bytes / answerBytesPerMs;
}
