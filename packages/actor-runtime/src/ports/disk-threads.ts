// Threads that run disk calls beside the thread that starts them.

import type { Disk } from "./disk.ts";

/** A synchronous function of a disk, which a thread runs. Input and output are plain data. */
export interface DiskWork<Input, Output> {
  /** What it does, for people: `move files`. */
  readonly operation: string;
  /** Address of the module that exports {@link run} as `run`, from `siblingUrl`: an entry point of the bundle. */
  readonly module: URL;
  readonly run: (disk: Disk, input: Input) => Output;
}

/** A thread for disk calls that may take long, or never return. */
export interface DiskThread<Input, Output> {
  /**
   * Runs the function, one call at a time.
   * @throws rejects with what the function threw, as an ActorError with its code; `disk-not-answering` when one disk
   *   call takes 30 s; `actor-exited` when the thread ends before its answer. After the last two nothing runs any more.
   */
  run(input: Input): Promise<Output>;
  /**
   * Ends the thread, also in the middle of its work. A thread that sits in a disk call ends when the call returns, and
   * until then the thread that started it cannot end either. Resolves when the thread has ended.
   */
  close(): Promise<void>;
}

/** Makes files on a thread of its own: there are file systems that take half a millisecond for each. */
export interface FileMaker {
  /**
   * Makes empty files of these names where there is nothing, one after the other. What cannot be made is left out: who
   * opens it to write hears why. Without a thread nothing is made.
   *
   * @param done Called in a later turn with the places in `paths` of the files made, when each has been tried; with
   *   none when the thread is gone.
   */
  make(paths: readonly string[], done: (made: readonly number[]) => void): void;
  /** Settles when the thread is gone; nothing is called afterwards. Idempotent. */
  close(): Promise<void>;
}
