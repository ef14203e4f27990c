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
