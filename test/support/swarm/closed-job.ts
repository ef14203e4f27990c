// A job that was downloaded into a folder of its own and closed, and how it comes up when it is loaded again.

import { join } from "node:path";
import { Torrent, type AddOptions } from "@troupe/coordinator";
import { quickDisk } from "../files/quick-disk.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { Swarm } from "./swarm.ts";
import { quiet } from "./quiet.ts";

export const pieceLengthBytes = 32 * 1024;
export const shape = {
  pieceLengthBytes,
  files: [
    { path: ["a"], lengthBytes: 300_000 },
    { path: ["deep", "b"], lengthBytes: 500_001 },
    { path: ["c"], lengthBytes: 123 },
  ],
};
/** Without threads: what is kept is the same, and a hundred starts of engines cost less. */
export const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** A job of that shape. `path` is its file `deep/b`. */
export async function closedJob() {
  const swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  await swarm.announce(seeder.port);
  const folder = join(swarm.use(temporaryFolder("jobs", quickDisk())).path, "job");
  const torrent = await Torrent.create(folder, swarm.metainfo, local);
  await torrent.completed;
  await torrent.close();
  return { swarm, folder, path: join(folder, "payload", "deep", "b") };
}

/** Loads a job, and waits for its first check. */
export async function loadedAgain(
  folder: string,
  options: Pick<AddOptions, "verify" | "useTrackers"> = {},
) {
  const torrent = await Torrent.load(folder, { ...local, start: false, ...options });
  const states: string[] = [];
  const warnings: string[] = [];
  torrent.on("state", ({ state }) => states.push(state));
  torrent.on("warning", ({ code, message }) => warnings.push(`${code}: ${message}`));
  torrent.start();
  const { failedPieces } = await torrent.checked;
  return { torrent, states, warnings, failedPieces };
}
