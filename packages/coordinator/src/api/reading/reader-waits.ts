import type { Timers } from "@troupe/actor-runtime";

/** The readers of a torrent that wait for the engine. */
export class ReaderWaits {
  /** Readers so far: the number of the next. */
  begun = 0;
  readonly #wakes = new Map<number, () => void>();

  /** @returns Resolves when the reader is woken from now on, or after `ms`. Call `cancel` when it is not awaited. */
  begin(
    reader: number,
    timers: Pick<Timers, "after">,
    ms: number,
  ): { readonly woken: Promise<void>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = timers.after(ms, resolve);
    const wake = (): void => {
      timer.cancel();
      this.#wakes.delete(reader);
      resolve();
    };
    this.#wakes.set(reader, wake);
    return { woken: promise, cancel: wake };
  }

  /** The engine may have bytes for the reader. */
  wake(reader: number): void {
    this.#wakes.get(reader)?.();
  }

  /** The state of the torrent has changed, or it has ended. */
  wakeAll(): void {
    for (const wake of [...this.#wakes.values()]) wake();
  }
}
