import type { TorrentFault } from "@troupe/messages";
import type { HeldPieces, LifecycleEffect, LifecycleEvent } from "./events.ts";
import { isTransferring, newLifecycle, type Lifecycle, type Run } from "./run.ts";
import { transition } from "./transition.ts";

/** A torrent's life, changed by events alone. `dispatch` carries out the effects of an event before it returns. */
export class TorrentLife {
  value: Lifecycle;
  /** Settles when a stopping torrent is closed. */
  closing: Promise<void> = Promise.resolve();
  folderWatch = new AbortController();
  readonly #carryOut: (effect: LifecycleEffect) => void;
  #runEnd = new AbortController();

  constructor(hasContent: boolean, carryOut: (effect: LifecycleEffect) => void) {
    this.value = newLifecycle(hasContent);
    this.#carryOut = carryOut;
  }

  get run(): Run {
    return this.value.run;
  }

  get runs(): number {
    return this.value.runs;
  }

  /** Aborted when the present run is closed. */
  get signal(): AbortSignal {
    return this.#runEnd.signal;
  }

  get held(): HeldPieces | undefined {
    return isTransferring(this.run) ? this.run.held : undefined;
  }

  dispatch(event: LifecycleEvent): void {
    const { life, effects } = transition(this.value, event);
    if (life.runs !== this.runs) this.#runEnd = new AbortController();
    this.value = life;
    for (const effect of effects) this.#carryOut(effect);
  }

  /** Starts the torrent for its user. @param device The folder's device, if just seen. */
  start(device?: bigint): void {
    this.dispatch({ event: "start", device });
  }

  pause(): void {
    this.dispatch({ event: "pause" });
  }

  /** Stops the torrent for its user. Settles within about two seconds, whatever trackers and disks do. */
  async stop(): Promise<void> {
    this.dispatch({ event: "stop" });
    await this.closing;
  }

  /** For the end of the engine, or before a removal; the wish stays. */
  async close(): Promise<void> {
    this.dispatch({ event: "close" });
    await this.closing;
  }

  fail(fault: TorrentFault): void {
    this.dispatch({ event: "failed", fault });
  }

  endRun(): void {
    this.#runEnd.abort();
  }
}
