import type { PatientRef } from "@troupe/actor-runtime";
import type { ReadIpFilter } from "@troupe/api-base";
import type { EngineProtocol } from "@troupe/messages";
import { EngineLimitSetting } from "./engine-limits.ts";
import { QueueLimitSetting, type QueueLimitOptions } from "./queue/queue-limit-setting.ts";
import { IpFilterSetting } from "./ip-filter/ip-filter-setting.ts";
import type { EngineLimitOptions } from "./options/rate-limits.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** The settings of a coordinator that may change while it runs, kept over the restarts of its engine. */
export class EngineSettings {
  readonly ipFilter: IpFilterSetting;
  readonly limits: EngineLimitSetting;
  readonly queue: QueueLimitSetting;

  constructor(
    engine: PatientRef<EngineProtocol>,
    untilAnswered: TorrentServices["untilAnswered"],
    queue: QueueLimitOptions,
  ) {
    this.ipFilter = new IpFilterSetting(engine, untilAnswered);
    this.limits = new EngineLimitSetting(engine);
    this.queue = new QueueLimitSetting(engine, queue);
  }

  /** Settings of the first engine. */
  async begin(filter: ReadIpFilter | undefined, limits: EngineLimitOptions): Promise<void> {
    this.limits.set(limits);
    await this.ipFilter.begin(filter);
  }

  /** Sends the settings to a new engine, before it has a torrent. */
  async restore(): Promise<void> {
    this.limits.restore();
    this.queue.restore();
    await this.ipFilter.restore();
  }
}
