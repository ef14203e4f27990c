// Brings the torrents of a program into the states that are compared.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../time/until.ts";
import type { ComparedTorrent, ComparedTorrents, TorrentName } from "./compared-torrents.ts";

/** The state of a torrent, in the words of no dialect. */
export type SteeredState = "downloading" | "error" | "other" | "seeding" | "stopped";

/** A program that is steered by its dialect. */
export interface Steered {
  /** The folder of its data. */
  readonly data: string;
  readonly add: (torrent: ComparedTorrent, isPaused: boolean) => Promise<void>;
  readonly addMagnet: () => Promise<void>;
  /** Adds the torrent whose data is deleted later, so that the program then reports an error. */
  readonly addLost: (torrent: ComparedTorrent) => Promise<void>;
  readonly stop: (hashes: readonly string[]) => Promise<void>;
  /** Makes the program look for the deleted data. */
  readonly noticeLoss: (hash: string) => Promise<void>;
  /** The states by the names of the torrents. */
  readonly states: () => Promise<Readonly<Record<string, SteeredState>>>;
}

const paused: ReadonlySet<TorrentName> = new Set(["blank", "changed"]);
const added = ["blank", "half", "waiting", "changed", "done", "rested", "moved"] as const;
const rested = ["half", "rested", "moved", "lost"] as const;

/** Adds all torrents but `late`, and settles when each has its state. */
export async function prepareStates(steered: Steered, torrents: ComparedTorrents): Promise<void> {
  for (const name of added) await steered.add(torrents[name], paused.has(name));
  await steered.addLost(torrents.lost);
  await steered.addMagnet();
  await reached(steered, {
    ...{ blank: "stopped", changed: "stopped", half: "downloading", waiting: "downloading" },
    ...{ done: "seeding", rested: "seeding", moved: "seeding", lost: "seeding" },
  });
  await steered.stop(rested.map((name) => torrents[name].hash));
  await reached(steered, { half: "stopped", rested: "stopped", moved: "stopped", lost: "stopped" });
  rmSync(join(steered.data, "lost"), { recursive: true });
  await steered.noticeLoss(torrents.lost.hash);
  await reached(steered, { waiting: "downloading", done: "seeding", lost: "error" });
}

/** Settles when the torrents have these states. */
export async function reached(
  { states }: Pick<Steered, "states">,
  wanted: Readonly<Record<string, SteeredState>>,
): Promise<void> {
  await until(`the states ${JSON.stringify(wanted)}`, async () => {
    const seen = await states();
    return Object.entries(wanted).every(([name, state]) => seen[name] === state);
  });
}
