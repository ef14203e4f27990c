import type { Ref } from "@troupe/actor-runtime";
import { refuseUnknownOptions, type Names } from "@troupe/api-base";
import type { EngineProtocol } from "@troupe/messages";
import { queueSettings } from "../options/queue-options.ts";

/** The limits of the queue that may change while a coordinator runs. An absent limit is none. */
export interface QueueLimitOptions {
  /** Torrents that download at once, 0 to 100,000, as in the options of `Coordinator.start`. */
  readonly maxActiveDownloads?: number;
  readonly maxActiveSeeds?: number;
}

const names: Names<keyof QueueLimitOptions> = { maxActiveDownloads: true, maxActiveSeeds: true };

/** The limits of the queue, kept over the restarts of an engine. Each engine begins with the first limits. */
export class QueueLimitSetting {
  readonly #engine: Pick<Ref<EngineProtocol>, "cast">;
  #limits: QueueLimitOptions;

  constructor(engine: Pick<Ref<EngineProtocol>, "cast">, first: QueueLimitOptions) {
    this.#engine = engine;
    const { maxActiveDownloads, maxActiveSeeds } = first;
    this.#limits = queueSettings({ maxActiveDownloads, maxActiveSeeds });
  }

  get options(): QueueLimitOptions {
    return this.#limits;
  }

  /** @throws TroupeError `option-unknown`, `option-out-of-range`; then the old limits stay. */
  set(options: QueueLimitOptions): void {
    refuseUnknownOptions(options, names);
    this.#limits = queueSettings(options);
    this.restore();
  }

  /** Sends the limits to a new engine, before it has a torrent. */
  restore(): void {
    this.#engine.cast("set-queue-limits", this.#limits);
  }
}
