import type { Recorder } from "../measures/measures.ts";

/**
 * Visits of a closed load that are not over. A visit counts as sent at its end, so that those of a lost generator count as
 * not sent.
 */
export class OpenVisits {
  readonly #recorder: Pick<Recorder, "account">;
  /** By member; NaN without a visit. */
  readonly #plannedMs: Float64Array;
  /** By member: its last request that ended got no answer. */
  readonly #isOwed: Uint8Array;

  /** @param count Members of the group. */
  constructor(count: number, recorder: Pick<Recorder, "account">) {
    this.#recorder = recorder;
    this.#plannedMs = new Float64Array(count).fill(NaN);
    this.#isOwed = new Uint8Array(count);
  }

  /** A member comes; its visit before is over. */
  begin(member: number, plannedMs: number): void {
    this.end(member);
    this.#plannedMs[member] = plannedMs;
    this.#isOwed[member] = 0;
  }

  /** A request of the member has an answer. */
  heeded(member: number): void {
    this.#isOwed[member] = 0;
  }

  /** A request of the member gets no answer. */
  unheeded(member: number): void {
    this.#isOwed[member] = 1;
  }

  /** The member leaves. Without a visit nothing happens. */
  end(member: number): void {
    const plannedMs = this.#plannedMs[member] ?? NaN;
    if (Number.isNaN(plannedMs)) return;
    this.#plannedMs[member] = NaN;
    this.#recorder.account("sent", plannedMs);
    if (this.#isOwed[member] === 1) this.#recorder.account("visits_owed", plannedMs);
  }

  /** The load is over. */
  endAll(): void {
    for (let member = 0; member < this.#plannedMs.length; member++) this.end(member);
  }
}
