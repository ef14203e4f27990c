// The figures of the engine, as it has them.

import type { PatientRef } from "@troupe/actor-runtime";
import type { ApiProtocol, Metric, RateHistory, Totals } from "@troupe/messages";
import { refusalError } from "../refusal-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

const deadline = { deadlineMs: 30_000 };

/** The result of `coordinator.totals`. */
export interface CoordinatorTotals {
  /** Since the start of the coordinator; after a crash of its engine, since the new engine began. */
  readonly session: Totals;
  /** Totals of all programs that have run on the state folder, this one included. Absent without a state folder. */
  readonly overall?: Totals;
  /** Nodes in the routing tables of the DHT. Absent before a node of ours has run. */
  readonly dhtNodes?: number;
}

/** Reads the figures of the engine; while it restarts, those of the next one. */
export class EngineFigures {
  readonly #engine: PatientRef<ApiProtocol>;
  readonly #untilAnswered: TorrentServices["untilAnswered"];

  constructor(engine: PatientRef<ApiProtocol>, untilAnswered: TorrentServices["untilAnswered"]) {
    this.#engine = engine;
    this.#untilAnswered = untilAnswered;
  }

  /**
   * @param isGlance The totals of other programs may be old, or left out while the disk does not answer.
   * @throws TroupeError The refusal of the state folder.
   */
  async totals(isGlance = false): Promise<CoordinatorTotals> {
    const ask = () => this.#engine.call("totals", { isGlance }, deadline);
    const answer = await this.#untilAnswered(ask);
    if ("refused" in answer) throw refusalError(answer);
    return answer;
  }

  async metrics(): Promise<readonly Metric[]> {
    const ask = () => this.#engine.call("metrics", {}, deadline);
    return (await this.#untilAnswered(ask)).metrics;
  }

  async rateHistory(): Promise<RateHistory> {
    return await this.#untilAnswered(() => this.#engine.call("rate-history", {}, deadline));
  }
}
