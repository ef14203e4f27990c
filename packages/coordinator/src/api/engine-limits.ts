import type { Ref } from "@troupe/actor-runtime";
import type { EngineLimits, EngineProtocol } from "@troupe/messages";
import { engineLimitsOf, type EngineLimitOptions } from "./options/rate-limits.ts";

/** The rate limits of all torrents together, kept over the restarts of an engine. */
export class EngineLimitSetting {
  readonly #engine: Pick<Ref<EngineProtocol>, "cast">;
  #options: EngineLimitOptions = {};
  #limits: EngineLimits = {};

  constructor(engine: Pick<Ref<EngineProtocol>, "cast">) {
    this.#engine = engine;
  }

  /** The limits as the user set them. */
  get options(): EngineLimitOptions {
    return this.#options;
  }

  /** @throws TroupeError `option-unknown`, `option-out-of-range`; then the old limits stay. */
  set(options: EngineLimitOptions): void {
    this.#limits = engineLimitsOf(options);
    this.#options = structuredClone(options);
    this.restore();
  }

  /** Sends the limits to a new engine, before it has a torrent. */
  restore(): void {
    this.#engine.cast("set-engine-limits", this.#limits);
  }
}
