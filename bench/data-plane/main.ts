// `pnpm bench:data-plane`: what the decided path can do when nothing else is in the way.
//
//   socket → shared slot → hash pool → file thread, an engine thread passing piece numbers on in packed frames
//
// The full engine cannot be faster than this; it should not be much slower. Options: --mib N, --runs N, --hash-threads N.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writePayload, type Payload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { prepareMachine } from "../support/machine.ts";
import { Seeder } from "../support/seeder.ts";
import { spread, table } from "../support/statistics.ts";
import { runTransfer, type Transfer } from "./transfer.ts";

const mebibyte = 1 << 20;
const infoHash = "0123456789abcdef0123456789abcdef01234567";
const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "1024" },
    runs: { type: "string", default: "3" },
    "hash-threads": { type: "string", default: "1" },
  },
});
const totalBytes = Number(values.mib) * mebibyte;
const gibibytes = Number(values.mib) / 1024;

using folder = temporaryFolder("troupe-data-plane");
const rows = [
  [
    "pieces",
    "MB/s",
    "CPU-s/GiB",
    "peak RSS MB",
    "engine late ms, p99.9",
    "max",
    "with start-up: MB/s",
    "CPU-s/GiB",
    "busy before",
  ],
];
for (const pieceLengthBytes of [mebibyte, mebibyte / 4]) {
  const payload = writePayload({
    folder: folder.path,
    name: "payload",
    pieceLengthBytes,
    files: totalBytes,
  });
  rows.push(await measurePieces(payload));
}
console.log(table(rows));

async function measurePieces(payload: Payload): Promise<string[]> {
  const source = join(folder.path, payload.name);
  await using seeder = await Seeder.start({
    infoHash,
    file: source,
    pieceLengthBytes: payload.pieceLengthBytes,
  });
  const plan = {
    payload,
    infoHash,
    port: seeder.port,
    hashThreads: Number(values["hash-threads"]),
    folder: folder.path,
    compiledFolder: join(folder.path, "compiled"),
  };
  const runs: Transfer[] = [];
  const busy: number[] = [];
  // Fills the cache of compiled code.
  await runTransfer(plan);
  for (let i = 0; i < Number(values.runs); i++) {
    busy.push(await prepareMachine(source));
    runs.push(await runTransfer(plan));
  }
  return [
    `${payload.pieceLengthBytes / 1024} KiB`,
    spread(
      runs.map(({ transfer }) => totalBytes / 1e6 / transfer.seconds),
      0,
    ),
    spread(
      runs.map(({ transfer }) => transfer.cpuSeconds / gibibytes),
      2,
    ),
    spread(
      runs.map(({ whole }) => whole.peakRssBytes / 1e6),
      0,
    ),
    spread(
      runs.map(({ transfer }) => transfer.loopDelayMs.p999),
      1,
    ),
    spread(
      runs.map(({ transfer }) => transfer.loopDelayMs.max),
      1,
    ),
    spread(
      runs.map(({ whole }) => totalBytes / 1e6 / whole.wallSeconds),
      0,
    ),
    spread(
      runs.map(({ whole }) => whole.cpuSeconds / gibibytes),
      2,
    ),
    spread(busy, 2),
  ];
}
