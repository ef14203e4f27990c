// Uploads of complete content: to a libtorrent leecher, and to leechers in C that drop what they get.

import { fileURLToPath } from "node:url";
import { runMeasured } from "../../support/measure.ts";
import { openSwarm } from "../../support/swarm.ts";
import { switchesBetween, type Use } from "../../support/process-use.ts";
import { ClientRun } from "../client-run.ts";
import { clientNames, libtorrentOverUtp, type ClientName } from "../clients.ts";
import {
  checkAndEmpty,
  emptyTarget,
  gibibyte,
  makeContent,
  mebibyte,
  type Content,
} from "../content.ts";
import type { Figures } from "../figures.ts";
import type { OpenRow, Place, Row } from "../row.ts";

const libtorrentClient = fileURLToPath(new URL("../libtorrent_client.py", import.meta.url));
/** A leecher that waits for nothing but the seeder. */
const fastLeecher = {
  max_out_request_queue: 3_000,
  max_queued_disk_bytes: 64 * mebibyte,
  request_queue_time: 3,
  listen_interfaces: "127.0.0.1:0",
};
/** It dials encrypted alone, and takes RC4 alone. */
const rc4Leecher = { ...fastLeecher, out_enc_policy: 0, in_enc_policy: 0, allowed_enc_level: 2 };
const utpLeecher = { ...fastLeecher, ...libtorrentOverUtp };
const payloadPlan = { totalBytes: gibibyte, pieceLengthBytes: mebibyte };
/** Requests outstanding of a single leecher, and of each of many. */
const [depthOfOne, depthOfMany] = [250, 8];
const measuredSeconds = 6;

const facts = {
  contestants: clientNames,
  compared: ["rate", "cpu"],
  reference: "libtorrent",
  takesCommits: true,
} as const;

/** Seeding to libtorrent, which hashes and writes. */
export const seedLibtorrent: Row = {
  ...facts,
  name: "seed-libtorrent",
  title: "Seeding 1 GiB to a libtorrent leecher",
  about:
    "The seeder has hashed its content before. The clock runs from the start of the leecher's process to its end; processor time and switches are those of the seeder in that time.",
  goal: "≥ 1.0 × libtorrent's speed at ≤ 0.35 × its processor time",
  figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches"],
  open: async (place) =>
    open(place, async (...parts) => await seedToLibtorrent(fastLeecher, parts)),
};

/** Seeding to libtorrent by RC4. */
export const seedRc4: Row = {
  ...facts,
  contestants: ["ours", "libtorrent"],
  name: "seed-rc4",
  title: "Seeding 1 GiB to a libtorrent leecher that requires RC4",
  about: "As the row before, but every byte is encrypted.",
  goal: "≤ 1.5 × libtorrent's processor time",
  figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches"],
  open: async (place) => open(place, async (...parts) => await seedToLibtorrent(rc4Leecher, parts)),
};

/** Seeding over uTP. */
export const seedUtp: Row = {
  ...facts,
  contestants: ["ours", "libtorrent"],
  name: "seed-utp",
  title: "Seeding 1 GiB to a libtorrent leecher over uTP",
  about: "As the row to libtorrent, but over uTP alone.",
  goal: "≥ 0.8 × libtorrent's speed at ≤ 1.5 × its processor time",
  figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches"],
  open: async (place) =>
    open(place, async (...parts) => await seedToLibtorrent(utpLeecher, parts), true),
};

/** Seeding to so many leechers in C. */
export function seedRow(peers: number, goal: string): Row {
  return {
    ...facts,
    name: `seed-${peers}`,
    title:
      peers === 1 ? "Seeding to a leecher in C" : `Seeding to ${peers.toLocaleString("en")} peers`,
    about: `${peers === 1 ? "The leecher keeps" : "Each peer has an address of its own and keeps"} ${peers === 1 ? depthOfOne : depthOfMany} random requests outstanding and drops the blocks. Measured for ${measuredSeconds} s once all are unchoked, or none more was for 12 s.`,
    goal,
    figures: ["rate", "cpu", "peakRss", "peakAnonymous", "switches", "unchoked"],
    open: async (place) =>
      open(place, async (seeder, content) => await seedToSwarm(seeder, content, peers)),
  };
}

type Seeding = (seeder: ClientRun, content: Content, place: Place) => Promise<Figures>;

function open(place: Place, seeding: Seeding, isOverUtp = false): OpenRow {
  const content = makeContent(place, payloadPlan);
  return {
    source: content.joinedFile,
    async run(contestant, prepare) {
      await using seeder = await startSeeder(contestant as ClientName, place, content, isOverUtp);
      await prepare();
      const figures = await seeding(seeder, content, place);
      const { peakRssBytes, peakAnonymousBytes } = await seeder.end();
      return {
        ...figures,
        peakRss: peakRssBytes / 1e6,
        peakAnonymous: peakAnonymousBytes / 1e6,
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** @returns A seeder that has hashed its content. */
export async function startSeeder(
  name: ClientName,
  place: Place,
  { payload, torrent }: Content,
  isOverUtp: boolean,
): Promise<ClientRun> {
  place.tracker.reset([]);
  const seeder = await ClientRun.start(name, place, {
    role: "seeder",
    torrents: [torrent.path],
    dataFolder: payload.folder,
    connections: 1_100,
    isOverUtp,
  });
  await seeder.ready();
  return seeder;
}

async function seedToLibtorrent(
  settings: object,
  [seeder, { payload, torrent }, place]: Parameters<Seeding>,
): Promise<Figures> {
  const target = emptyTarget(place);
  const before = seeder.use();
  const leecher = ["leech", JSON.stringify(settings), target, torrent.path];
  const { cost } = await runMeasured([
    ...["/usr/bin/python3", libtorrentClient, ...leecher],
    ...["--", "127.0.0.1", String(seeder.port)],
  ]);
  const after = seeder.use();
  checkAndEmpty(payload, target);
  return uploadFigures(before, after, payload.totalBytes, cost.wallSeconds);
}

async function seedToSwarm(
  seeder: ClientRun,
  { payload, torrent }: Content,
  peers: number,
): Promise<Figures> {
  const { infoHash } = torrent;
  const { pieceLengthBytes, totalBytes } = payload;
  await using swarm = await openSwarm({
    ...{ port: seeder.port, infoHash, pieceLengthBytes, totalBytes, peers },
    depth: peers === 1 ? depthOfOne : depthOfMany,
    seconds: measuredSeconds,
  });
  await swarm.measuring();
  const before = seeder.use();
  const { bytes, seconds, unchoked } = await swarm.report();
  const figures = uploadFigures(before, seeder.use(), bytes, seconds);
  return { ...figures, unchoked };
}

function uploadFigures(before: Use, after: Use, bytes: number, seconds: number): Figures {
  if (bytes === 0) throw new Error("it sent nothing");
  const gibibytes = bytes / gibibyte;
  return {
    rate: bytes / 1e6 / seconds,
    cpu: (after.cpuSeconds - before.cpuSeconds) / gibibytes,
    switches: switchesBetween(before, after) / gibibytes,
  };
}
