// `pnpm bench:stores`: a torrent in the folder beside a torrent whose store breaks its promise.
//
//   --mib N      size of the torrent in the folder (2048)
//   --runs N     pairs of runs of each broken store (4)
//   --only WORDS broken stores with these words in their title
//   --again      starts the torrent of the broken store a second after each error; it stays in `error` otherwise
//
// The download of the torrent in the folder, alone and beside each broken store, in turns.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writePayload, type Payload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { torrentBytes } from "../../test/support/files/torrent-file.ts";
import { brokenStores, type BrokenStore } from "../../test/support/programs/broken-stores.ts";
import { writeModule } from "../../test/support/programs/modules.ts";
import { startEngine } from "../../test/support/swarm/start-engine.ts";
import { inTurns } from "../support/in-turns.ts";
import { Seeder } from "../support/seeder.ts";
import { spread, table } from "../support/statistics.ts";

const mebibyte = 1 << 20;
const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "2048" },
    runs: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    again: { type: "boolean", default: false },
  },
});

using folder = temporaryFolder("troupe-stores");
const good = payloadOf("good", Number(values.mib) * mebibyte);
const bad = payloadOf("bad", 64 * mebibyte);
await using goodSeeder = await Seeder.ofPayload(good);
await using badSeeder = await Seeder.ofPayload(bad);
await download(undefined);
const rows: (readonly string[])[] = [
  ["a store that …", "alone MB/s", "ratio (bar 0.95)", "errors"],
];
for (const broken of brokenStores) {
  if (broken[0].includes(values.only)) rows.push(await pairs(broken));
}
console.log(table(rows));

function payloadOf(name: string, lengthBytes: number): Payload {
  const source = join(folder.path, name);
  return writePayload({ folder: source, name, pieceLengthBytes: mebibyte, files: lengthBytes });
}

async function pairs(broken: BrokenStore): Promise<readonly string[]> {
  const alone: number[] = [];
  const ratios: number[] = [];
  const errors: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const [one, other] = await inTurns(
      run,
      () => download(undefined),
      () => download(broken),
    );
    alone.push(one.megabytesPerSecond);
    ratios.push(other.megabytesPerSecond / one.megabytesPerSecond);
    errors.push(other.errorCount);
  }
  const row = [broken[0], spread(alone, 0), spread(ratios, 3), spread(errors, 0)];
  console.error(row.join(" | "));
  return row;
}

/** Downloads the torrent in the folder, beside one whose store is broken. */
async function download(
  broken: BrokenStore | undefined,
): Promise<{ readonly megabytesPerSecond: number; readonly errorCount: number }> {
  const directory = join(folder.path, "target");
  await using coordinator = await startEngine({
    host: "threads",
    directory,
    port: 0,
    bind: ["127.0.0.1"],
  });
  let errorCount = 0;
  let again: NodeJS.Timeout | undefined;
  if (broken !== undefined) {
    const store = writeModule(join(folder.path, "modules"), `${Date.now()}.mjs`, broken[2]);
    const peers = [{ host: "127.0.0.1", port: badSeeder.port }];
    const options = { useTrackers: false, peers, modules: { store } };
    const torrent = await coordinator.add(torrentBytes(bad, []), options);
    torrent.on("error", () => {
      errorCount += 1;
      if (values.again) again = setTimeout(() => torrent.start(), 1_000);
    });
  }
  const peers = [{ host: "127.0.0.1", port: goodSeeder.port }];
  const torrent = await coordinator.add(torrentBytes(good, []), { useTrackers: false, peers });
  // The thread of its folder is the second one beside a store, and starts later.
  let beganAtMs = performance.now();
  torrent.on("state", ({ state }) => {
    if (state === "active") beganAtMs = performance.now();
  });
  await torrent.completed;
  const tookMs = performance.now() - beganAtMs;
  clearTimeout(again);
  rmSync(directory, { recursive: true });
  return { megabytesPerSecond: (Number(values.mib) * mebibyte) / 1_000 / tookMs, errorCount };
}
