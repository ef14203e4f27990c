import type { PatientRef } from "@troupe/actor-runtime";
import type { ReadIpFilter } from "@troupe/api-base";
import {
  changeValues,
  checkChanges,
  engineSettings,
  liveRows,
  type EngineSettingChanges,
  type LiveEngineSettings,
} from "@troupe/control";
import type { ApiProtocol } from "@troupe/messages";
import { Bans } from "./bans/bans.ts";
import { IpFilterSetting } from "./ip-filter/ip-filter-setting.ts";
import type { EngineChanges } from "./options/generated/engine-options.ts";
import { TrackerListSetting, type TrackerListTime } from "./tracker-list/tracker-list-setting.ts";
import type { TorrentServices } from "./torrent-services.ts";

const rows = liveRows(engineSettings);
const noneSet: EngineSettingChanges = Object.fromEntries(
  Object.keys(rows).map((name) => [name, null]),
);

/** The settings of a coordinator that may change while it runs, kept over the restarts of its engine. */
export class EngineSettings {
  readonly ipFilter: IpFilterSetting;
  readonly bans: Bans;
  readonly trackerList: TrackerListSetting;
  readonly #engine: Pick<PatientRef<ApiProtocol>, "cast">;
  #values: LiveEngineSettings;

  /** @param first What the first engine begins with. */
  constructor(
    engine: PatientRef<ApiProtocol>,
    untilAnswered: TorrentServices["untilAnswered"],
    first: LiveEngineSettings,
    { areBansSaved, time }: { readonly areBansSaved: boolean; readonly time: TrackerListTime },
  ) {
    this.ipFilter = new IpFilterSetting(engine, untilAnswered);
    this.bans = new Bans(engine, untilAnswered, areBansSaved);
    this.#engine = engine;
    this.#values = first;
    this.trackerList = new TrackerListSetting(
      (listedTrackers) => this.#change({ listedTrackers }),
      time,
    );
  }

  /** The set values. */
  get values(): LiveEngineSettings {
    return this.#values;
  }

  /**
   * Changes settings: all of them, or none.
   *
   * @throws TroupeError `option-unknown`, `option-out-of-range`
   */
  set(changes: EngineChanges | object): void {
    this.#change(checkChanges(rows, changes));
  }

  #change(changes: EngineSettingChanges): void {
    this.#values = changeValues(this.#values, changes);
    this.#engine.cast("change-settings", { changes });
  }

  /** Gives the first engine what was read for it. @throws rejects with `tracker-list-unreadable`. */
  async begin(filter: ReadIpFilter | undefined, trackerList: string | undefined): Promise<void> {
    await this.ipFilter.begin(filter);
    await this.trackerList.begin(trackerList);
  }

  /** Ends readings that are under way, and refuses later ones. */
  giveUp(reason: Error): void {
    this.ipFilter.giveUp(reason);
    this.trackerList.giveUp(reason);
  }

  /** Sends the settings to a new engine, before it has a torrent. */
  async restore(): Promise<void> {
    this.#engine.cast("change-settings", { changes: { ...noneSet, ...this.#values } });
    await this.ipFilter.restore();
    await this.bans.restore();
  }
}
