import type { PatientRef } from "@troupe/actor-runtime";
import {
  changeValues,
  checkChanges,
  checkRules,
  engineRules,
  engineSettings,
  liveRows,
  type EngineSettingChanges,
  type LiveEngineSettings,
} from "@troupe/control";
import type { ApiProtocol, EngineOptions } from "@troupe/messages";
import { Bans } from "./bans/bans.ts";
import { IpFilterSetting } from "./ip-filter/ip-filter-setting.ts";
import { SavedFilter } from "./ip-filter/saved-filter.ts";
import type { EngineWarning } from "./events/coordinator-events.ts";
import type { CoordinatorOptions, EngineChanges } from "./options/generated/engine-options.ts";
import { TrackerListSetting, type TrackerListPorts } from "./tracker-list/tracker-list-setting.ts";
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
  /** Options that do not change. Rules check them together with the options that change. */
  #fixed = {};

  /** @param options Options of the first engine. @param ports For the lists. @param warn Takes the warnings of a list. */
  constructor(
    engine: PatientRef<ApiProtocol>,
    untilAnswered: TorrentServices["untilAnswered"],
    { settings = {}, stateDirectory }: Pick<EngineOptions, "settings" | "stateDirectory">,
    ports: TrackerListPorts,
    warn: (event: EngineWarning) => void,
  ) {
    const saved = stateDirectory === undefined ? {} : { saved: new SavedFilter(stateDirectory) };
    this.ipFilter = new IpFilterSetting(
      engine,
      untilAnswered,
      { ...saved, http: ports.http, timers: ports.timers },
      (message, source) => warn({ code: "ip-filter-not-updated", message, source }),
    );
    this.bans = new Bans(engine, untilAnswered, stateDirectory !== undefined);
    this.#engine = engine;
    this.#values = settings;
    this.trackerList = new TrackerListSetting(
      (listedTrackers) => this.#change({ listedTrackers }),
      ports,
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
    const checked = checkChanges(rows, changes);
    checkRules(engineRules, { ...this.#fixed, ...checked });
    this.#change(checked);
  }

  #change(changes: EngineSettingChanges): void {
    this.#values = changeValues(this.#values, changes);
    this.#engine.cast("change-settings", { changes });
  }

  /** Reads the lists of the first engine. @throws rejects with `tracker-list-unreadable`, or the codes of an IP filter. */
  async begin(options: CoordinatorOptions): Promise<void> {
    const { addressFamilies, anonymous, proxy, proxyFor, trackerList } = options;
    this.#fixed = { addressFamilies, anonymous, proxy, proxyFor };
    await this.ipFilter.begin(options);
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
