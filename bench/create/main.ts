// `pnpm bench:create`: torrents of content in the page cache, in one file and in many, made by us, mktorrent,
// transmission-create and libtorrent in turns. A run during which the page cache lost content does not count and is repeated.
//
//   --mib N         size of the content (4096)
//   --files N       files of the second content (20000)
//   --runs N        runs of each (3)
//   --piece-log N   binary logarithm of the bytes of a piece (20)
//   --folder D      a folder for the content, which stays and is used again (a temporary one)

import { existsSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { holdInPageCache } from "../support/hold.ts";
import { runMeasured, type Cost } from "../support/measure.ts";
import { median, spread, table } from "../support/statistics.ts";
import { foundContent, pagesOf, residentBytes, writeContent, type Content } from "./content.ts";
import { creatorsOf, type Creator } from "./creators.ts";

const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "4096" },
    files: { type: "string", default: "20000" },
    runs: { type: "string", default: "3" },
    "piece-log": { type: "string", default: "20" },
    folder: { type: "string" },
  },
});
const mebibyte = 1 << 20;
/** Tries of a run whose content is not in the page cache. */
const tries = 3;

using own = temporaryFolder("troupe-create");
const folder = values.folder ?? own.path;
const creators = creatorsOf({
  threads: availableParallelism(),
  pieceLog: Number(values["piece-log"]),
});
const contents = [1, Number(values.files)].map(contentOf);
for (const content of contents) console.log(`${await measured(content)}\n`);

function contentOf(count: number): Content {
  const bytes = Number(values.mib) * mebibyte;
  return foundContent(folder, bytes, count) ?? writeContent(folder, bytes, count);
}

/** Creators take turns, so that changes of the machine meet all. @returns A table. */
async function measured(content: Content): Promise<string> {
  await using _held = await holdInPageCache(content.path);
  const costs = new Map<Creator, Cost[]>(creators.map((creator) => [creator, []]));
  for (let run = 0; run < Number(values.runs); run++)
    for (const creator of creators) costs.get(creator)?.push(await warmRun(creator, content));
  return tableOf(content, costs);
}

/** @throws When the page cache does not keep the content. */
async function warmRun(creator: Creator, content: Content): Promise<Cost> {
  const output = join(own.path, "made.torrent");
  for (let left = tries; left > 0; left--) {
    const { cost } = await runMeasured(creator.command(content.path, output));
    if (!existsSync(output)) throw new Error(`${creator.name} has made no torrent`);
    rmSync(output);
    if ((await residentBytes(content)) >= pagesOf(content)) return cost;
    console.error(`${creator.name}: the page cache lost content meanwhile; the run does not count`);
  }
  throw new Error(`the page cache does not keep ${content.path}`);
}

function tableOf({ files, totalBytes }: Content, costs: ReadonlyMap<Creator, Cost[]>): string {
  const secondsOf = (creator: Creator): number[] =>
    (costs.get(creator) ?? []).map(({ wallSeconds }) => wallSeconds);
  const oursOf = (version: Creator["version"]): number =>
    median(
      creators.filter((one) => one.name === "ours" && one.version === version).flatMap(secondsOf),
    );
  const rows = creators.map((creator) => {
    const seconds = secondsOf(creator);
    const peak = (of: "peakAnonymousBytes" | "peakRssBytes"): string =>
      spread(
        (costs.get(creator) ?? []).map((cost) => cost[of] / mebibyte),
        0,
      );
    return [
      `${creator.name}, ${creator.version}`,
      spread(seconds, 2),
      (totalBytes / median(seconds) / 1e6).toFixed(0),
      creator.name === "ours" ? "" : (median(seconds) / oursOf(creator.version)).toFixed(2),
      peak("peakAnonymousBytes"),
      peak("peakRssBytes"),
    ];
  });
  const what = `${totalBytes / mebibyte} MiB in ${files.length} ${files.length === 1 ? "file" : "files"}`;
  const head = [what, "seconds", "MB/s", "our rate to its (×)", "anonymous, MiB", "resident, MiB"];
  return table([head, ...rows]);
}
