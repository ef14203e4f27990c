import type { Disk } from "./disk.ts";

/** A disk function for a thread. Input and output are plain data. */
export interface DiskWork<Input, Output> {
  /** Shown to users: `move files`. */
  readonly operation: string;
  /** Exports {@link run} as `run`; from `siblingUrl`: an entry point of the bundle. */
  readonly module: URL;
  readonly run: (disk: Disk, input: Input) => Output;
}

/** A thread for disk calls that may take long. */
export interface DiskThread<Input, Output> {
  /**
   * Runs the function, one call at a time.
   * @throws rejects with the function's error, as an ActorError with its code; `disk-not-answering` when a disk call
   *   takes 30 s; `actor-exited` when the thread ends before its answer. After the last two no code runs any more.
   */
  run(input: Input): Promise<Output>;
  /**
   * Ends the thread, even during its work. A disk call must return first, also for the thread that started it. Resolves
   * when the thread has ended.
   */
  close(): Promise<void>;
}

/** Creates files in a thread: some file systems take half a millisecond for each. */
export interface FileMaker {
  /**
   * Creates empty files where nothing exists, in order. Skips failures: opening the file shows the error.
   * @param done Called in a later turn with the positions in `paths` of the files created; with none when the thread is
   *   gone.
   */
  make(paths: readonly string[], done: (made: readonly number[]) => void): void;
  /** Settles when the thread is gone; no callback follows. Idempotent. */
  close(): Promise<void>;
}
