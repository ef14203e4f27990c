// One job runs once: the command in several processes, each with its own network, user or state folder.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const shape = { pieceLengthBytes: 65_536, files: 300_000 };
/** Namespaces are for root alone. */
const asRoot = process.platform === "linux" && process.getuid?.() === 0 ? test : test.skip;
const inOtherNetwork = ["unshare", "--net", "--"];

/** The command, with a state folder of its own. */
async function troupe(
  swarm: Swarm,
  words: readonly string[],
  within: readonly string[] = [],
): Promise<RunningProcess> {
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const common = ["--json", "--no-trackers", "--port", "0", ...quietWords];
  const state = ["--state-dir", swarm.folder("state").path];
  const [call = "", ...rest] = words;
  const line = [...within, process.execPath, program, call, torrent, ...common, ...state, ...rest];
  return swarm.use(await startProcess(line));
}

asRoot("in two network namespaces, with two state folders, a job runs once", async (t) => {
  await using swarm = await Swarm.open(shape);
  const folder = join(swarm.folder("data").path, "new");
  const first = await troupe(swarm, ["download", "--dir", folder], inOtherNetwork);
  await first.lineWhere("a start", (line) => (line.includes('"ready"') ? line : undefined));
  const second = await troupe(swarm, ["download", "--dir", folder], inOtherNetwork);
  t.is((await second.exited).status, 75, second.tail());
  t.true(second.lines.some((line) => line.includes("already-running")));
  t.is((await first.stop(60_000)).status, 130);
  t.deepEqual(
    readdirSync(join(folder, "..")),
    [],
    "the folder that was made is removed with the lock",
  );
});

asRoot("a job that was killed in another network namespace continues here", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const folder = swarm.folder("data").path;
  const killed = await troupe(swarm, ["download", "--dir", folder], inOtherNetwork);
  await killed.lineWhere("a start", (line) => (line.includes('"ready"') ? line : undefined));
  killed.killSession();
  await killed.exited;
  t.deepEqual(readdirSync(folder), [".troupe"]);
  const peer = ["--peer", `${seeder.host}:${seeder.port}`];
  const next = await troupe(swarm, ["download", "--dir", folder, ...peer]);
  t.is((await next.exited).status, 0, next.tail());
  await assertSameFiles(t, swarm.payload, folder);
  t.deepEqual(readdirSync(folder), ["payload"]);
});
