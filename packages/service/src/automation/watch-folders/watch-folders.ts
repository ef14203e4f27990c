// The watch folders of a service.

import { join } from "node:path";
import { codeOf, nodePorts, pause, type WorkerUrls } from "@troupe/actor-runtime";
import { outOfRange, TroupeError, type WatchFolderSetting } from "@troupe/control";
import type { ServedEngine } from "@troupe/coordinator/commands";
import { addedOptions } from "../added-options.ts";
import { FolderThread } from "./folder-thread.ts";
import { KeptFiles } from "./kept-files.ts";
import { WatchFolder, type FoundTorrent } from "./watch-folder.ts";

/** The end of a service waits so long for calls on folders. */
const endMs = 2_000;

/** The world of watch folders. */
interface WatchFoldersPorts {
  /** The service's folder in the state folder. */
  readonly folder: string;
  readonly engine: Pick<ServedEngine, "add">;
  readonly workerUrls: WorkerUrls;
  readonly warned: (code: string, message: string) => void;
}

/** Watches folders. */
export class WatchFolders {
  readonly #settings: readonly WatchFolderSetting[];
  readonly #ports: WatchFoldersPorts;
  readonly #kept: KeptFiles;
  #folders: readonly WatchFolder[] = [];

  /** @throws TroupeError `option-out-of-range`; a system error of the state folder */
  constructor(settings: readonly WatchFolderSetting[], ports: WatchFoldersPorts) {
    checkSettings(settings);
    this.#settings = settings;
    this.#ports = ports;
    const paths = settings.map(({ path }) => path);
    this.#kept = KeptFiles.read(join(ports.folder, "watched-files.json"), paths);
  }

  /** Looks at all folders now, and every 5 s. */
  begin(): void {
    const { engine, warned, workerUrls } = this.#ports;
    const { clock, timers } = nodePorts();
    this.#folders = this.#settings.map(
      (setting) =>
        new WatchFolder(setting, {
          ...{ clock, timers, kept: this.#kept, warned },
          folder: new FolderThread(setting.path, workerUrls),
          add: (torrent) => addFound(engine, torrent, setting),
        }),
    );
  }

  /**
   * Ends all threads.
   *
   * @throws rejects with TroupeError `disk-not-answering` for a call that does not return: the process cannot end in order.
   */
  async close(): Promise<void> {
    const { clock, timers } = nodePorts();
    const untilMs = clock.nowMs() + endMs;
    while (this.#folders.some(({ isInCall }) => isInCall) && clock.nowMs() < untilMs)
      await pause(timers, 10);
    const stuck = this.#folders.filter(({ isInCall }) => isInCall).map(({ path }) => path);
    for (const folder of this.#folders) folder.end();
    if (stuck.length === 0) return;
    const message = `cannot end in order: the watch folder ${stuck.join(", ")} does not answer`;
    throw new TroupeError("disk-not-answering", message);
  }
}

/** A torrent that is there already counts as added: the program may have died before it has put the file away. */
async function addFound(
  engine: Pick<ServedEngine, "add">,
  torrent: FoundTorrent,
  setting: WatchFolderSetting,
): Promise<void> {
  try {
    const source = torrent.kind === "magnet" ? torrent.link : torrent.bytes;
    await engine.add(source, addedOptions(setting));
  } catch (error) {
    if (codeOf(error) !== "torrent-exists") throw error;
  }
}

/** @throws TroupeError `option-out-of-range` */
function checkSettings(settings: readonly WatchFolderSetting[]): void {
  for (const [place, { after, moveTo, path }] of settings.entries()) {
    const option = `watchFolders.${place}`;
    if (settings.findIndex((other) => other.path === path) < place)
      throw outOfRange(option, `${path} a second time`, "each folder once");
    if ((after === "move") !== (moveTo !== undefined))
      throw outOfRange(
        `${option}.moveTo`,
        `after ${after ?? "rename"}`,
        "moveTo with after: move, and only then",
      );
    if (moveTo === path) throw outOfRange(`${option}.moveTo`, path, "another folder");
  }
}
