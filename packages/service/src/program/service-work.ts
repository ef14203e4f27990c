// The work of a service beside its answers: the history of rates, feeds, watch folders, hooks and acts by the clock.

import { join } from "node:path";
import { nodePorts } from "@troupe/actor-runtime";
import {
  type folderBelowRoots,
  ServedEngine,
  type Caller,
  type RowChanges,
} from "@troupe/coordinator/commands";
import type { Coordinator } from "@troupe/coordinator";
import { Automation } from "../automation/automation.ts";
import type { FeedCall } from "../automation/feeds/feed-calls.ts";
import { openFeeds, type OpenFeeds } from "../automation/feeds/open-feeds.ts";
import { HistoryFile } from "../history/history-file.ts";
import { HistoryKeeper } from "../history/history-keeper.ts";
import type { CommandAnswer } from "../service.messages.ts";
import type { ServiceOptions } from "./service-options.ts";

/** The service around its work. */
interface WorkPorts {
  /** The service's folder in the state folder. */
  readonly folder: string;
  readonly roots: readonly string[];
  readonly folderBelow: ReturnType<typeof folderBelowRoots>;
  /** Runs a command. */
  readonly run: (name: string, given: unknown, caller: Caller) => Promise<CommandAnswer>;
  /** Gives {@link ServiceWork.follow} the rows that have changed. */
  readonly look: () => void;
}

/** The running work of a service. */
export class ServiceWork {
  readonly history: HistoryKeeper;
  readonly #automation: Automation;
  readonly #feeds: OpenFeeds;

  private constructor(history: HistoryKeeper, automation: Automation, feeds: OpenFeeds) {
    this.history = history;
    this.#automation = automation;
    this.#feeds = feeds;
  }

  /**
   * Opens the files of the work; it begins later.
   *
   * @throws rejects with TroupeError `option-out-of-range`, `worker-file-not-found`; a system error of the state folder
   */
  static async open(
    coordinator: Coordinator,
    options: ServiceOptions,
    ports: WorkPorts,
  ): Promise<ServiceWork> {
    const { clock, timers } = nodePorts();
    const { folder, look } = ports;
    const { warned, workerUrls } = options;
    const engine = new ServedEngine(coordinator);
    const history = new HistoryKeeper({
      ...{ clock, timers, warned },
      file: new HistoryFile(folder),
      rates: () => coordinator.rateHistory(),
    });
    const automation = await Automation.open(options, { folder, look, engine, workerUrls, warned });
    try {
      const feeds = await openFeeds(options, feedParts(engine, ports));
      return new ServiceWork(history, automation, feeds);
    } catch (error) {
      await automation.close();
      throw error;
    }
  }

  /** Answers a call about feeds. */
  async runFeeds(call: FeedCall): Promise<CommandAnswer> {
    return await this.#feeds.run(call);
  }

  /** Takes rows that have changed. */
  follow(changes: RowChanges): void {
    this.#automation.follow(changes);
  }

  /**
   * Begins all but the history, which begins with the service.
   *
   * @param rows The rows of all torrents.
   * @param failed Info-hashes of torrents that could not be brought back.
   */
  begin(rows: RowChanges, failed: readonly string[]): void {
    this.#automation.begin(rows, new Set(failed));
    this.#feeds.begin();
  }

  async close(): Promise<void> {
    await closeAll([this.#feeds, this.#automation, this.history]);
  }
}

/** Closes parts side by side. @throws rejects with the first error, once all have ended */
export async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  const ends = await Promise.allSettled(parts.map((part) => part.close()));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function feedParts(
  engine: ServedEngine,
  { folder, folderBelow, roots, run }: WorkPorts,
): Parameters<typeof openFeeds>[1] {
  return {
    folder: join(folder, "feeds"),
    ...{ http: engine.http, strangers: engine.strangerHosts },
    addTree: (root) => engine.addTree("feed-reader", root),
    add: (given, named) => run("add", given, feedCaller(roots, named)),
    checkFolder: async (path) => void (await folderBelow(path, roots)),
  };
}

/** The caller of a torrent that a feed brings: a stranger, whose rule may name a folder of the settings file. */
function feedCaller(roots: readonly string[], folder: string | undefined): Caller {
  return { right: "control", roots: folder === undefined ? roots : [...roots, folder] };
}
