// How a user hears of the workers of a coordinator.

import { EventEmitter } from "node:events";
import { coordinatorEventNames, refuseUnknownEvent } from "../options/known-names.ts";
import { emitSafely } from "./user-listeners.ts";

/** A worker started, ended, or was restarted. */
export interface WorkerEvent {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  /** Why it ended, as a sentence. */
  readonly error?: string;
}

/** The side of a coordinator that tells its user of workers. */
export abstract class CoordinatorEvents {
  readonly #emitter = new EventEmitter();

  /** @throws TroupeError `event-unknown` */
  on(name: "worker", listener: (event: WorkerEvent) => void): this {
    refuseUnknownEvent(name, coordinatorEventNames);
    this.#emitter.on(name, listener);
    return this;
  }

  off(name: "worker", listener: (event: WorkerEvent) => void): this {
    this.#emitter.off(name, listener);
    return this;
  }

  /** For the coordinator only. */
  protected emitWorker(event: WorkerEvent): void {
    emitSafely(this.#emitter, "worker", event);
  }
}
