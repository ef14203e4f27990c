import { resolve } from "node:path";
import {
  changesBetween,
  changeValues,
  checkChanges,
  checkRules,
  liveRows,
  torrentRules,
  torrentSettings,
  valueInForce,
  type FileRename,
  type TorrentSettingChanges,
  type TorrentSettings,
} from "@troupe/control";
import type { TorrentId, TorrentModules } from "@troupe/messages";
import { modulesOf, type ModuleOptions } from "./options/modules.ts";
import type { TorrentChanges } from "./options/generated/torrent-options.ts";
import type { TorrentServices } from "./torrent-services.ts";

/** The parts of a torrent by which its settings reach the engine and the copy in the state folder. */
interface SetTorrent {
  /** Its number in the present engine. */
  readonly id: TorrentId;
  readonly services: Pick<TorrentServices, "engine" | "request">;
  /** Does nothing after the end of the torrent: the state folder may be another coordinator's by then. */
  saveWish(): void;
}

const rows = liveRows(torrentSettings);
const noModules: TorrentModules = {};

/** Makes paths absolute, so that they hold after a change of the current folder. */
function wholePaths(changes: TorrentSettingChanges): TorrentSettingChanges {
  const { moveTo } = changes;
  return typeof moveTo === "string" ? { ...changes, moveTo: resolve(moveTo) } : changes;
}

function bounded(
  name: "foundWebSeeds" | "trackers" | "webSeeds",
  urls: readonly string[],
): readonly string[] {
  return urls.slice(0, torrentSettings[name].gate.most);
}

/** The settings of a torrent, kept over the restarts of an engine. */
export class LiveSettings {
  readonly #torrent: SetTorrent;
  #values: TorrentSettings | undefined;
  /** Kept for walks over the queue. Undefined: read again. */
  #queueRank: number | undefined;
  #modules: TorrentModules | undefined;

  constructor(torrent: SetTorrent) {
    this.#torrent = torrent;
  }

  /** The set values. */
  get values(): TorrentSettings {
    return this.#values ?? this.#torrent.services.request.settings;
  }

  get queueRank(): number {
    return (this.#queueRank ??= valueInForce(torrentSettings, "queueRank", this.values));
  }

  get modules(): TorrentModules {
    return this.#modules ?? this.#torrent.services.request.modules ?? noModules;
  }

  /**
   * Changes settings: all of them, or none.
   *
   * @throws TroupeError `option-unknown`, `option-out-of-range`
   */
  set(changes: TorrentChanges | object): void {
    const checked = wholePaths(checkChanges(rows, changes));
    checkRules(torrentRules, { ...changeValues(this.values, checked), modules: this.modules });
    this.#change(checked);
  }

  /**
   * Adds trackers and web seeds that another source of the torrent has named, as many as the settings may have.
   *
   * @param chosen Web seeds that the user has named.
   * @param useLocalHosts False: the torrent reaches no local host from now on.
   * @returns The new ones of them.
   */
  takeOver({
    trackers,
    webSeeds,
    chosen,
    useLocalHosts,
  }: {
    readonly trackers: readonly string[];
    readonly webSeeds: readonly string[];
    readonly chosen: readonly string[];
    readonly useLocalHosts: boolean;
  }): readonly string[] {
    const { foundWebSeeds = [], trackers: own = [], webSeeds: named = [] } = this.values;
    const newSeeds = chosen.filter((url) => !named.includes(url));
    const changes = {
      ...(trackers.length > 0 && { trackers: bounded("trackers", [...own, ...trackers]) }),
      ...(webSeeds.length > 0 && {
        foundWebSeeds: bounded("foundWebSeeds", [...foundWebSeeds, ...webSeeds]),
      }),
      ...(newSeeds.length > 0 && { webSeeds: bounded("webSeeds", [...named, ...newSeeds]) }),
    };
    if (Object.keys(changes).length > 0)
      this.#change({ ...changes, ...(!useLocalHosts && { useLocalHosts }) });
    return newSeeds;
  }

  /** The engine gets them by a call of their own, and by `add-torrent`. */
  setRenames(renames: readonly FileRename[]): void {
    this.#values = changeValues(this.values, { renames });
  }

  setQueueRank(queueRank: number): void {
    this.#change({ queueRank });
  }

  /**
   * Replaces the modules of the given parts. A record never names code.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`, `module-not-found`
   */
  setModules(modules: ModuleOptions): void {
    checkRules(torrentRules, { ...this.values, modules });
    this.#modules = modulesOf(modules, this.modules);
    this.#sendModules();
  }

  /** Sends what has changed since. @param values, modules What the present engine got with the torrent. */
  sendChangesSince({ values, modules }: Pick<LiveSettings, "modules" | "values">): void {
    const { renames: _, ...changes } = changesBetween(values, this.values);
    if (Object.keys(changes).length > 0) this.#send(changes);
    if (this.modules !== modules) this.#sendModules();
  }

  #change(changes: TorrentSettingChanges): void {
    this.#values = changeValues(this.values, changes);
    this.#queueRank = undefined;
    this.#send(changes);
    this.#torrent.saveWish();
  }

  #send(changes: TorrentSettingChanges): void {
    const { id: torrent, services } = this.#torrent;
    services.engine.cast("change-torrent-settings", { torrent, changes });
  }

  #sendModules(): void {
    const { id: torrent, services } = this.#torrent;
    services.engine.cast("set-modules", { torrent, modules: this.modules });
  }
}
