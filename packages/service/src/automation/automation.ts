// Automation: watch folders, hooks and acts by the clock. All of it begins when the torrents of the state folder are there.

import { nodePorts } from "@troupe/actor-runtime";
import { workerUrls, type WorkerUrlsOption } from "@troupe/api-base";
import type { PauseSetting, WatchFolderSetting } from "@troupe/control";
import type { RowChanges, ServedEngine } from "@troupe/coordinator/commands";
import { PauseClock } from "./clock/pause-clock.ts";
import { Hooks, type HookSettings } from "./hooks/hooks.ts";
import { WatchFolders } from "./watch-folders/watch-folders.ts";

/** The settings of automation; paths are absolute. */
export interface AutomationSettings extends HookSettings {
  readonly watchFolders?: readonly WatchFolderSetting[];
  readonly pauseSchedule?: readonly PauseSetting[];
}

/** The world of automation. */
interface AutomationPorts {
  /** The service's folder in the state folder. */
  readonly folder: string;
  readonly engine: ServedEngine;
  readonly workerUrls: WorkerUrlsOption | undefined;
  /** Gives {@link Automation.follow} the rows that have changed. */
  readonly look: () => void;
  readonly warned: (code: string, message: string) => void;
}

/** The automation of a service. */
export class Automation {
  readonly #settings: AutomationSettings;
  readonly #ports: AutomationPorts;
  readonly #hooks: Hooks | undefined;
  readonly #folders: WatchFolders | undefined;
  #clock: PauseClock | undefined;

  private constructor(
    settings: AutomationSettings,
    ports: AutomationPorts,
    parts: { readonly hooks: Hooks | undefined; readonly folders: WatchFolders | undefined },
  ) {
    this.#settings = settings;
    this.#ports = ports;
    this.#hooks = parts.hooks;
    this.#folders = parts.folders;
  }

  /** @throws rejects with TroupeError `option-out-of-range`; a system error of the state folder */
  static async open(settings: AutomationSettings, ports: AutomationPorts): Promise<Automation> {
    const urls = workerUrls(ports.workerUrls);
    const { watchFolders = [] } = settings;
    // Without folders the file of those that were kept is not read.
    const folders =
      watchFolders.length === 0
        ? undefined
        : new WatchFolders(watchFolders, { ...ports, workerUrls: urls });
    return new Automation(settings, ports, { hooks: await Hooks.open(settings, ports), folders });
  }

  /**
   * Begins, with the rows of all torrents.
   *
   * @param failed Info-hashes of torrents that could not be brought back.
   */
  begin({ rows }: Pick<RowChanges, "rows">, failed: ReadonlySet<string>): void {
    const { pauseSchedule = [] } = this.#settings;
    this.#hooks?.outbox.begin(rows, failed);
    this.#folders?.begin();
    if (pauseSchedule.length === 0) return;
    this.#clock = new PauseClock(pauseSchedule, { ...nodePorts(), engine: this.#ports.engine });
  }

  /** Takes rows that have changed. */
  follow(changes: RowChanges): void {
    this.#hooks?.outbox.follow(changes);
  }

  /** @throws rejects with TroupeError `disk-not-answering` for a watch folder that hangs */
  async close(): Promise<void> {
    this.#clock?.close();
    try {
      await this.#folders?.close();
    } finally {
      await this.#hooks?.close();
    }
  }
}
