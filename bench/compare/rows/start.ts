// The price of a start: a small download, beside an empty program of Node.

import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runMeasured } from "../../support/measure.ts";
import { Seeder } from "../../support/seeder.ts";
import { ClientRun } from "../client-run.ts";
import { clientNames, type ClientName } from "../clients.ts";
import { checkAndEmpty, emptyTarget, makeContent, mebibyte, type Content } from "../content.ts";
import type { Figures } from "../figures.ts";
import type { OpenRow, Place, Row } from "../row.ts";

const pollMs = 2;
const longestStartMs = 30_000;

/** Start and a download of 16 MiB. */
export const start: Row = {
  name: "start",
  title: "Start, and a download of 16 MiB",
  about:
    "A client listens once its port accepts a connection, from the start of its process. Processor time and memory are those of the whole download. “Cold” is the first start ever, with an empty cache of compiled code. `node -e 0` does nothing: its time until its end stands for that until it listens.",
  goal: "listening ≤ 2.5 × and processor time ≤ 5 × those of `node -e 0`; cold ≤ 2 × warm",
  contestants: ["node", "ours", "cold", ...clientNames.filter((name) => name !== "ours")],
  figures: ["listening", "wallMs", "cpuMs", "peakRss", "peakAnonymous"],
  compared: ["listening", "cpuMs"],
  reference: "node",
  takesCommits: true,
  open: openStart,
};

async function openStart(place: Place): Promise<OpenRow> {
  const content = makeContent(place, { totalBytes: 16 * mebibyte, pieceLengthBytes: mebibyte / 4 });
  const { torrent, joinedFile, payload } = content;
  const { pieceLengthBytes } = payload;
  const { infoHash } = torrent;
  const seeder = await Seeder.start({ infoHash, file: joinedFile, pieceLengthBytes });
  return {
    source: joinedFile,
    async run(contestant, prepare) {
      await prepare();
      if (contestant === "node") return await emptyProgram();
      const name = contestant === "cold" ? "ours" : (contestant as ClientName);
      place.tracker.reset([{ host: "127.0.0.1", port: seeder.port }]);
      return await smallDownload(name, contestant === "cold", place, content);
    },
    [Symbol.asyncDispose]: () => seeder[Symbol.asyncDispose](),
  };
}

async function emptyProgram(): Promise<Figures> {
  const { cost } = await runMeasured([process.execPath, "-e", "0"]);
  const wallMs = 1_000 * cost.wallSeconds;
  return {
    ...{ listening: wallMs, wallMs, cpuMs: 1_000 * cost.cpuSeconds },
    ...{ peakRss: cost.peakRssBytes / 1e6, peakAnonymous: cost.peakAnonymousBytes / 1e6 },
  };
}

async function smallDownload(
  name: ClientName,
  isCold: boolean,
  place: Place,
  { payload, torrent }: Content,
): Promise<Figures> {
  const target = emptyTarget(place);
  const cold = join(place.folder, "cold");
  rmSync(cold, { recursive: true, force: true });
  await using run = await ClientRun.start(name, place, {
    ...{ role: "leecher", torrents: [torrent.path], dataFolder: target },
    ...(isCold ? { compiledFolder: cold } : {}),
  });
  const listensSeconds = await listens(run);
  const { cost, doneSeconds } = await run.done();
  checkAndEmpty(payload, target);
  return {
    listening: 1_000 * (listensSeconds - cost.startedSeconds),
    wallMs: 1_000 * doneSeconds,
    cpuMs: 1_000 * cost.cpuSeconds,
    peakRss: cost.peakRssBytes / 1e6,
    peakAnonymous: cost.peakAnonymousBytes / 1e6,
  };
}

/** @returns The time at which its port accepts a connection, on the clock of `process.hrtime`. */
async function listens({ port }: ClientRun): Promise<number> {
  for (const limitMs = performance.now() + longestStartMs; performance.now() < limitMs;) {
    // oxlint-disable-next-line no-await-in-loop
    if (await accepts(port)) return Number(process.hrtime.bigint()) / 1e9;
    // oxlint-disable-next-line no-await-in-loop
    await delay(pollMs);
  }
  throw new Error(`it did not listen within ${longestStartMs / 1_000} s`);
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
