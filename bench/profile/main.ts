// `pnpm bench:profile ROW…`: where the time of the command goes, by thread, beside bench/data-plane, the floor.
//
//   --mib N           payload of the timed runs (1024)
//   --counted-mib N   payload of the runs under strace and with counts, which are slow (256)
//   --runs N          timed runs of each (3)
//   --json FILE       writes all figures too
//
// The command runs from its bundle with a warm cache of compiled code. It needs gcc and strace.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { profileRow, type Profile } from "./measure.ts";
import type { Row } from "./row.ts";
import { downloadRow } from "./rows/download.ts";
import { idleRow, startRow } from "./rows/quiet.ts";
import { recheckRow, seedRow } from "./rows/seed.ts";
import { profileText } from "./tables.ts";

const kibibyte = 1_024;
const mebibyte = 1_048_576;
const rows: readonly Row[] = [
  downloadRow({ name: "download-1m", pieceLengthBytes: mebibyte }),
  downloadRow({ name: "download-4m", pieceLengthBytes: 4 * mebibyte }),
  downloadRow({ name: "download-256k", pieceLengthBytes: 256 * kibibyte }),
  downloadRow({ name: "download-64k", pieceLengthBytes: 64 * kibibyte }),
  downloadRow({ name: "many-seeders", pieceLengthBytes: mebibyte, seeders: 200 }),
  downloadRow({ name: "many-files", pieceLengthBytes: mebibyte, fileBytes: 128 * kibibyte }),
  seedRow(1),
  seedRow(200),
  recheckRow,
  startRow,
  idleRow,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mib: { type: "string", default: "1024" },
    "counted-mib": { type: "string", default: "256" },
    runs: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const wanted = positionals.map((name) => rowOf(name));
if (wanted.length === 0) throw new Error(`name a row: ${namesOf(rows)}`);
const profiles: Profile[] = [];
for (const row of wanted) {
  // oxlint-disable-next-line no-await-in-loop
  const profile = await profileRow(row, {
    totalBytes: Number(values.mib) * mebibyte,
    countedBytes: Number(values["counted-mib"]) * mebibyte,
    runs: Number(values.runs),
  });
  profiles.push(profile);
  console.log(profileText(profile));
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(profiles, null, 2)}\n`);

function rowOf(name: string): Row {
  const row = rows.find((other) => other.name === name);
  if (row === undefined) throw new Error(`no row ${name}: the rows are ${namesOf(rows)}`);
  return row;
}

function namesOf(all: readonly Row[]): string {
  return all.map(({ name }) => name).join(", ");
}
