// `pnpm test:storage MODULE [TORRENT]`: the tests beside, with this store. A read-only store is told by a .torrent whose
// data it has. Without words the folder and the stores in examples are tested.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, , module, torrent] = process.argv;
const named =
  module?.startsWith("file:") === true ? module : module && pathToFileURL(resolve(module)).href;
// Only a store that takes writes is tried with faults around it.
const files = torrent === undefined ? [] : ["test/storage/stores.test.ts"];
const { status } = spawnSync("ava", files.length > 0 ? files : ["test/storage/*.test.ts"], {
  stdio: "inherit",
  env: {
    ...process.env,
    ...(named !== undefined && { STORE_MODULE: named }),
    ...(torrent !== undefined && { STORE_TORRENT: resolve(torrent) }),
  },
});
process.exitCode = status ?? 1;
