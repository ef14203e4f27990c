// One job runs once: a command in another network namespace, and an engine here, each with its own state folder.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const program = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const shape = { pieceLengthBytes: 65_536, files: 300_000 };
/** Namespaces are for root alone. */
const asRoot = process.platform === "linux" && process.getuid?.() === 0 ? test : test.skip;

/** A download by the command in another network namespace, with a state folder of its own. */
async function downloadElsewhere(swarm: Swarm, folder: string): Promise<RunningProcess> {
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const common = ["--json", "--no-trackers", "--port", "0", ...quietWords];
  const state = ["--state-dir", swarm.folder("state").path];
  const words = ["download", torrent, "--dir", folder, ...common, ...state];
  const child = swarm.use(
    await startProcess(["unshare", "--net", "--", process.execPath, program, ...words]),
  );
  await child.lineWhere("a start", (line) => (line.includes('"ready"') ? line : undefined));
  return child;
}

asRoot(
  "a job that a command runs in another network namespace, with a state folder of its own, is refused here",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const folder = join(swarm.folder("data").path, "new");
    const first = await downloadElsewhere(swarm, folder);
    const engine = swarm.use(await startEngine({ port: 0, bind: ["127.0.0.1"] }));
    const here = engine.add(swarm.metainfo, { directory: folder, useTrackers: false });
    await t.throwsAsync(here, { code: "already-running" });
    t.is((await first.stop(60_000)).status, 130);
    t.deepEqual(
      readdirSync(join(folder, "..")),
      [],
      "the folder that was made is removed with the lock",
    );
  },
);

asRoot("a job that was killed in another network namespace continues here", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const folder = swarm.folder("data").path;
  const killed = await downloadElsewhere(swarm, folder);
  killed.killSession();
  await killed.exited;
  t.deepEqual(readdirSync(folder), [".troupe"]);
  const torrent = { useTrackers: false, peers: [seeder] };
  const { coordinator, record } = await swarm.join({ folder, torrent });
  await record.torrent.completed;
  await coordinator.close();
  await assertSameFiles(t, swarm.payload, folder);
  t.deepEqual(readdirSync(folder), ["payload"]);
});
