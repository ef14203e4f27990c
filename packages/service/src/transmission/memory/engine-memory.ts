import { engineSettings, TroupeError, type LiveEngineSettings } from "@troupe/control";
import type { ServiceCalls } from "../../routes/service-calls.ts";
import { flatSettings } from "../flat-settings.ts";

/** Lists ask for the settings once in this time. */
const freshMs = 1_000;

/** The settings of the engine for lists, which answer while the engine restarts. */
export class EngineMemory {
  #known: LiveEngineSettings = {};
  #askedMs = -Infinity;

  /** Settings of the last second; older ones if the engine does not answer. */
  async recent(calls: ServiceCalls, nowMs: number): Promise<LiveEngineSettings> {
    if (nowMs - this.#askedMs < freshMs) return this.#known;
    this.#askedMs = nowMs;
    try {
      return await this.now(calls);
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      return this.#known;
    }
  }

  /** The settings of this moment. @throws TroupeError as the command */
  async now(calls: ServiceCalls): Promise<LiveEngineSettings> {
    const options = await calls.run("engine-settings", {});
    this.#known = flatSettings(engineSettings, options);
    return this.#known;
  }
}
