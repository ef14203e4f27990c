// Addresses whose packets crash the node: quarantined for an hour after the second crash in the same step.

import { type Clock, CrashHistory, crashMemoryMs, isDeliberate } from "@troupe/actor-runtime";
import {
  Quarantine,
  quarantineKey,
  readBreadcrumb,
  type QuarantinedAddress,
} from "@troupe/messages";

/** The crashes of a standalone node. */
export class DhtCrashes {
  readonly #clock: Clock;
  readonly #history = new CrashHistory();
  readonly #quarantine = new Quarantine();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For the next incarnation. */
  get quarantined(): readonly QuarantinedAddress[] {
    return this.#quarantine.list(this.#clock.nowMs());
  }

  /** @param words See `Context.breadcrumb`. */
  record(error: unknown, words: Int32Array): void {
    const { step, peer } = readBreadcrumb(words) ?? {};
    if (peer === undefined || isDeliberate(error)) return;
    const { host, port } = peer;
    const nowMs = this.#clock.nowMs();
    const key = `${step} ${quarantineKey(host, port)}`;
    if (this.#history.recordCrash(key, nowMs) === "first") return;
    this.#quarantine.add({ host, port, forMs: crashMemoryMs }, nowMs);
  }
}
