// The text of a row of `pnpm bench:compare`.

import test from "ava";
import type { MeasuredRow } from "../../../bench/compare/measured-row.ts";
import { rowTable, rowText } from "../../../bench/compare/row-table.ts";

const row: MeasuredRow = {
  name: "download",
  title: "Download",
  about: "One seeder.",
  goal: "≥ 1.3 × libtorrent's speed",
  figures: ["rate", "cpu"],
  compared: ["rate"],
  reference: "libtorrent",
  date: "2026-11-22 10:00",
  runs: 3,
  machine: "2 cores",
  contestants: [
    {
      name: "ours",
      version: "troupe 1.0.0",
      runs: [
        { rate: 1_200, cpu: 1.5 },
        { rate: 1_300, cpu: 1.25 },
        { rate: 1_250, cpu: 1.3 },
      ],
    },
    {
      name: "libtorrent",
      version: "libtorrent 2.0.8",
      runs: [{ rate: 1_000, cpu: 1.3 }, { rate: 900, cpu: 1.4 }, { rate: 1_100 }],
    },
    { name: "openssl", version: "", runs: [{ cpu: 1 }] },
  ],
  missing: ["aria2 is not installed."],
  busy: [0, 0.02, 0.01],
};

/** Cells of each line, without the rule. */
function cellsOf(table: string): string[][] {
  const lines = table.split("\n").filter((line) => !line.startsWith("|-"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("a line has medians with their range, its ratio to the reference, and the ratio of ours to it", (t) => {
  t.deepEqual(cellsOf(rowTable(row)), [
    ["", "MB/s", "CPU-s/GiB", "speed ÷ libtorrent", "Troupe's speed ÷ this"],
    ["Troupe", "1250 (1200–1300)", "1.30 (1.25–1.50)", "1.25", "1.00"],
    ["libtorrent", "1000 (900–1100)", "1.35 (1.30–1.40)", "1.00", "1.25"],
    ["OpenSSL", "–", "1.00", "–", "–"],
  ]);
});

test("without the reference a table has no ratios to it", (t) => {
  const contestants = row.contestants.filter(({ name }) => name !== "libtorrent");
  const [head] = cellsOf(rowTable({ ...row, contestants }));
  t.deepEqual(head, ["", "MB/s", "CPU-s/GiB", "Troupe's speed ÷ this"]);
});

test("a single contestant has no ratios", (t) => {
  const [head] = cellsOf(rowTable({ ...row, contestants: row.contestants.slice(0, 1) }));
  t.deepEqual(head, ["", "MB/s", "CPU-s/GiB"]);
});

test("the text of a row names goal, date, runs, machine, versions and what is missing", (t) => {
  const text = rowText(row);
  t.true(text.startsWith("## Download\n\nOne seeder. Goal: ≥ 1.3 × libtorrent's speed.\n\n|"));
  t.true(
    text.endsWith(
      "\n\n2026-11-22 10:00 UTC, 3 runs in turns; 2 cores; troupe 1.0.0, libtorrent 2.0.8; " +
        "other work before the runs: 0.01 (0.00–0.02) of all cores. aria2 is not installed.",
    ),
  );
});
