// `pnpm test:torrents DIR`: the test beside, told which folder.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const [, , folder] = process.argv;
if (folder === undefined) {
  console.error("pnpm test:torrents DIR: a folder of .torrent files");
  process.exit(2);
}
const { status } = spawnSync("ava", ["test/torrents/*.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, TORRENTS_FOLDER: resolve(folder) },
});
process.exitCode = status ?? 1;
