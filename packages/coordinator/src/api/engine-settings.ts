import type { PatientRef } from "@troupe/actor-runtime";
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
import type { TorrentServices } from "./torrent-services.ts";

const rows = liveRows(engineSettings);
const noneSet: EngineSettingChanges = Object.fromEntries(
  Object.keys(rows).map((name) => [name, null]),
);

/** The settings of a coordinator that may change while it runs, kept over the restarts of its engine. */
export class EngineSettings {
  readonly ipFilter: IpFilterSetting;
  readonly bans: Bans;
  readonly #engine: Pick<PatientRef<ApiProtocol>, "cast">;
  #values: LiveEngineSettings;

  /** @param first What the first engine begins with. */
  constructor(
    engine: PatientRef<ApiProtocol>,
    untilAnswered: TorrentServices["untilAnswered"],
    first: LiveEngineSettings,
    areBansSaved: boolean,
  ) {
    this.ipFilter = new IpFilterSetting(engine, untilAnswered);
    this.bans = new Bans(engine, untilAnswered, areBansSaved);
    this.#engine = engine;
    this.#values = first;
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
    const checked: EngineSettingChanges = checkChanges(rows, changes);
    this.#values = changeValues(this.#values, checked);
    this.#engine.cast("change-settings", { changes: checked });
  }

  /** Sends the settings to a new engine, before it has a torrent. */
  async restore(): Promise<void> {
    this.#engine.cast("change-settings", { changes: { ...noneSet, ...this.#values } });
    await this.ipFilter.restore();
    await this.bans.restore();
  }
}
