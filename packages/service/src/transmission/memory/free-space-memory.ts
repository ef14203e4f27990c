import type { Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { ServiceCalls } from "../../routes/service-calls.ts";
import { endedWithin } from "../bounded-work.ts";
import { freeSpaceIn, type FreeSpace } from "../free-space.ts";

/** A disk that answers answers long before. */
const longestWaitMs = 1_000;

const unknown: FreeSpace = { freeBytes: -1, totalBytes: -1 };

/** The space of the download folder, for the settings of the session: a disk that does not answer must not delay them. */
export class FreeSpaceMemory {
  #known = unknown;
  #isAsking = false;
  #hasAsked = false;

  /** The space as it was asked for last. The first call waits for it, 1 s at most; both are -1 while nothing is known. */
  async recent(
    calls: ServiceCalls,
    timers: Pick<Timers, "after">,
    directory: string,
  ): Promise<FreeSpace> {
    const asked = this.#ask(calls, directory);
    if (!this.#hasAsked) {
      this.#hasAsked = true;
      await endedWithin(timers, longestWaitMs, asked);
    }
    return this.#known;
  }

  async #ask(calls: ServiceCalls, directory: string): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      this.#known = await freeSpaceIn(calls, directory);
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      this.#known = unknown;
    } finally {
      this.#isAsking = false;
    }
  }
}
