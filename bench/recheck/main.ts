// `pnpm bench:recheck`: complete data in the page cache is checked again in a running engine, and in a running session of
// libtorrent, in turns, beside OpenSSL's hash of as many bytes; then beside a transfer of another torrent. Whole processes
// are compared by `pnpm bench:compare --only recheck`.
//
//   --mib N         size of the file (4096)
//   --piece-kib N   size of its pieces (1024)
//   --runs N        runs of each (3)
//   --only WORD     `speed` or `beside` alone

import { closeSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writePayload, type Payload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { measureBeside } from "./beside.ts";
import { measureSpeed } from "./speed.ts";

const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "4096" },
    "piece-kib": { type: "string", default: "1024" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const mebibyte = 1 << 20;

using folder = temporaryFolder("troupe-recheck");
const setting = {
  payload: makePayload("checked", Number(values.mib) * mebibyte, 1),
  runs: Number(values.runs),
  compiledFolder: join(folder.path, "compiled"),
};
if (values.only !== "beside") console.log(await measureSpeed(setting));
if (values.only !== "speed") {
  const other = makePayload("other", 512 * mebibyte, 2);
  const target = join(folder.path, "target");
  console.log(await measureBeside({ ...setting, other, target }));
}

/** Safe on the disk: nothing is written back while something is measured. */
function makePayload(name: string, totalBytes: number, seed: number): Payload {
  const pieceLengthBytes = Number(values["piece-kib"]) * 1024;
  const source = join(folder.path, name);
  const made = writePayload({ folder: source, name, pieceLengthBytes, files: totalBytes, seed });
  const file = openSync(join(source, name), "r+");
  fsyncSync(file);
  closeSync(file);
  return made;
}
