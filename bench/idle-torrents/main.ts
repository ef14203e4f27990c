// `pnpm bench:idle-torrents`: what torrents without peers cost, ours and libtorrent's in turns.
//
//   --torrents N   seeding torrents (1,000)
//   --seconds N    time that is measured (30)
//   --runs N       runs of each (3)

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { makeState, type MadeTorrent } from "../restore/make-state.ts";
import { readUse, switchesBetween, type Use } from "../support/process-use.ts";
import { spread, table } from "../support/statistics.ts";

/** Time after which a program that has added its torrents is at rest. */
const settleMs = 10_000;
/** Time after which a program without torrents is at rest. */
const startMs = 5_000;
const pythonCommand = "/usr/bin/python3";

interface Run {
  /** Shares of a core, 0 to 1. */
  readonly cpuShare: number;
  readonly switchesPerSecond: number;
  readonly bytesPerTorrent: number;
  readonly rssBytes: number;
}

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    seconds: { type: "string", default: "30" },
    runs: { type: "string", default: "3" },
  },
});
const torrentCount = Number(values.torrents);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const commands: Readonly<Record<string, readonly string[]>> = {
  ours: [process.execPath, here("engine-run.ts")],
  libtorrent: [pythonCommand, here("libtorrent_idle.py")],
};

const torrents: readonly MadeTorrent[] = Array.from({ length: torrentCount }, (_, torrent) => ({
  name: `torrent-${torrent}`,
  files: [{ path: ["a"], lengthBytes: 256 * 16_384 }],
}));
const runs: Record<string, Run[]> = {};
for (let run = 0; run < Number(values.runs); run++) {
  for (const [client, command] of Object.entries(commands))
    (runs[client] ??= []).push(await measure(command));
}
const rows = Object.entries(runs).map(([client, of]) => [
  client,
  spread(
    of.map(({ cpuShare }) => 100 * cpuShare),
    2,
  ),
  spread(
    of.map(({ switchesPerSecond }) => switchesPerSecond),
    0,
  ),
  spread(
    of.map(({ bytesPerTorrent }) => bytesPerTorrent / 1_000),
    1,
  ),
  spread(
    of.map(({ rssBytes }) => rssBytes / 1e6),
    0,
  ),
]);
const titles = ["", "% of a core", "voluntary switches a second", "kB a torrent", "RSS, MB"];
console.log(table([titles, ...rows]));

async function measure(command: readonly string[]): Promise<Run> {
  using folder = temporaryFolder("troupe-idle");
  makeState(folder.path, torrents);
  await using program = await startProcess([...command, folder.path]);
  const said = (word: string): Promise<true> =>
    program.lineWhere(word, (line) => (line === word ? true : undefined));
  await said("ready");
  await delay(startMs);
  const empty = readUse(program.pid);
  program.say("add");
  await said(`added ${torrentCount}`);
  await delay(settleMs);
  const before = readUse(program.pid);
  await delay(Number(values.seconds) * 1_000);
  const after = readUse(program.pid);
  return difference(empty, before, after);
}

function difference(empty: Use, before: Use, after: Use): Run {
  const seconds = (after.atMs - before.atMs) / 1_000;
  return {
    cpuShare: (after.cpuSeconds - before.cpuSeconds) / seconds,
    switchesPerSecond: switchesBetween(before, after) / seconds,
    bytesPerTorrent: (after.rssBytes - empty.rssBytes) / torrentCount,
    rssBytes: after.rssBytes,
  };
}
