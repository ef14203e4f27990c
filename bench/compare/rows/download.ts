// Downloads from seeders that cost next to nothing, so that the downloader limits the rate.

import { runTransfer } from "../../data-plane/transfer.ts";
import type { Cost } from "../../support/measure.ts";
import { Seeder } from "../../support/seeder.ts";
import { ClientRun } from "../client-run.ts";
import { clientNames, type ClientName } from "../clients.ts";
import {
  checkAndEmpty,
  emptyTarget,
  gibibyte,
  inVersion2,
  makeContent,
  type Content,
  type ContentPlan,
} from "../content.ts";
import type { Figures } from "../figures.ts";
import type { OpenRow, Place, Row } from "../row.ts";

/** The parts that differ between rows. */
interface DownloadPlan extends ContentPlan {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly goal: string;
  /** Default 1. */
  readonly seeders?: number;
  /** Version of the torrent. Default `v1`. */
  readonly version?: "v1" | "v2";
  /** Default: all. */
  readonly clients?: readonly ClientName[];
  /** Whether bench/data-plane, which the engine cannot beat, runs too. */
  readonly hasFloor?: boolean;
}

/** A row of downloads. */
export function downloadRow(plan: DownloadPlan): Row {
  const { name, title, about, goal, clients = clientNames, hasFloor = false } = plan;
  return {
    name,
    title,
    about: `${about} The clock runs from the start of the process until it announces its completion, or ends.`,
    goal,
    contestants: hasFloor ? [...clients, "floor"] : clients,
    figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches"],
    compared: ["rate", "cpu"],
    reference: "libtorrent",
    takesCommits: true,
    open: async (place) => await openDownload(place, plan),
  };
}

async function openDownload(place: Place, plan: DownloadPlan): Promise<OpenRow> {
  const made = makeContent(place, plan);
  const content = plan.version === "v2" ? await inVersion2(place, made) : made;
  const { payload, torrent, joinedFile } = content;
  const { infoHash } = torrent;
  const { pieceLengthBytes } = payload;
  const { seeders = 1 } = plan;
  const seeder = await Seeder.start({ infoHash, file: joinedFile, pieceLengthBytes, seeders });
  return {
    source: joinedFile,
    async run(contestant, prepare) {
      await prepare();
      if (contestant === "floor") return await floor(place, content, seeder.port);
      return await download(contestant as ClientName, place, content, seeder);
    },
    [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose](),
  };
}

/**
 * One download, whose copy is compared with the original.
 *
 * @param options Further options of Troupe.
 */
export async function download(
  name: ClientName,
  place: Place,
  { payload, torrent }: Content,
  { hosts, port }: Seeder,
  options: readonly string[] = [],
): Promise<Figures> {
  const target = emptyTarget(place);
  place.tracker.reset(hosts.map((host) => ({ host, port })));
  const torrents = [torrent.path];
  const task = { role: "leecher", torrents, dataFolder: target, options } as const;
  await using run = await ClientRun.start(name, place, task);
  const { cost, doneSeconds } = await run.done();
  checkAndEmpty(payload, target);
  return transferFigures(cost, payload.totalBytes, doneSeconds);
}

async function floor(place: Place, content: Content, port: number): Promise<Figures> {
  const { payload, torrent } = content;
  const { folder, compiledFolder } = place;
  const { infoHash } = torrent;
  const plan = { payload, infoHash, port, hashThreads: 1, folder, compiledFolder };
  const { whole } = await runTransfer(plan);
  return transferFigures(whole, payload.totalBytes, whole.wallSeconds);
}

/** @returns The figures of a process that transferred or hashed so many bytes. */
export function transferFigures(cost: Cost, bytes: number, seconds: number): Figures {
  const gibibytes = bytes / gibibyte;
  return {
    rate: bytes / 1e6 / seconds,
    wall: seconds,
    cpu: cost.cpuSeconds / gibibytes,
    peakRss: cost.peakRssBytes / 1e6,
    peakAnonymous: cost.peakAnonymousBytes / 1e6,
    switches: cost.voluntarySwitches / gibibytes,
  };
}
