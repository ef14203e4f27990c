// Torrents that seed and have no peers.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writePayload } from "../../../test/support/files/payload.ts";
import { writeTorrentFile } from "../../../test/support/files/torrent-file.ts";
import { switchesBetween } from "../../support/process-use.ts";
import { ClientRun } from "../client-run.ts";
import type { ClientName } from "../clients.ts";
import { mebibyte } from "../content.ts";
import type { Figures } from "../figures.ts";
import type { OpenRow, Place, Row } from "../row.ts";

const torrents = 1_000;
const settleMs = 10_000;
const measuredMs = 20_000;

/** A thousand idle torrents. */
export const idleTorrents: Row = {
  name: "idle-torrents",
  title: `${torrents.toLocaleString("en")} idle torrents`,
  about: `One command seeds torrents of 1 MiB in 16 pieces, without peers. Processor time is measured for ${measuredMs / 1_000} s, from ${settleMs / 1_000} s after the last has been announced. Memory is compared with that of the command with one torrent.`,
  goal: "≤ 1 % of a core, ≤ 60 KiB each",
  contestants: ["ours", "libtorrent"],
  figures: ["corePercent", "kibibytesEach", "anonymousEach", "switchesPerSecond"],
  compared: ["corePercent", "kibibytesEach"],
  reference: "libtorrent",
  takesCommits: true,
  open: async (place) => open(place),
};

function open(place: Place): OpenRow {
  const folder = join(place.folder, "source");
  const files = Array.from({ length: torrents }, (_, seed) => {
    const name = `payload-${seed}`;
    const pieceLengthBytes = mebibyte / 16;
    const payload = writePayload({ folder, name, pieceLengthBytes, files: mebibyte, seed });
    return writeTorrentFile(payload, [place.tracker.url]).path;
  });
  const source = join(folder, "payload-0");
  return {
    source,
    async run(contestant, prepare): Promise<Figures> {
      await prepare();
      const one = await idle(contestant as ClientName, place, files.slice(0, 1), 0);
      const all = await idle(contestant as ClientName, place, files, measuredMs);
      return {
        corePercent: all.corePercent,
        switchesPerSecond: all.switchesPerSecond,
        kibibytesEach: (all.rssBytes - one.rssBytes) / 1_024 / (torrents - 1),
        anonymousEach: (all.anonymousBytes - one.anonymousBytes) / 1_024 / (torrents - 1),
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function idle(
  name: ClientName,
  place: Place,
  files: readonly string[],
  forMs: number,
): Promise<{
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  readonly corePercent: number;
  readonly switchesPerSecond: number;
}> {
  place.tracker.reset([]);
  const dataFolder = join(place.folder, "source");
  await using run = await ClientRun.start(name, place, {
    role: "seeder",
    torrents: files,
    dataFolder,
  });
  await run.ready(files.length);
  await delay(settleMs);
  const before = run.use();
  await delay(forMs);
  const after = run.use();
  const seconds = Math.max(1, (after.atMs - before.atMs) / 1_000);
  return {
    rssBytes: after.rssBytes,
    anonymousBytes: after.anonymousBytes,
    corePercent: (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds,
    switchesPerSecond: switchesBetween(before, after) / seconds,
  };
}
