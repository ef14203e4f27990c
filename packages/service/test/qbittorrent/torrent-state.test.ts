import test from "ava";
import { stateOf, type ShownState } from "../../src/qbittorrent/torrent-state.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { exampleRow } from "../support/example-row.ts";

const incomplete = { isComplete: false, isSeed: false } as const;

/** The row, and its state while it is complete and while it is not. */
const states: readonly (readonly [
  Partial<TorrentRow>,
  complete: ShownState,
  incomplete: ShownState,
])[] = [
  [{ state: "stopped" }, "pausedUP", "pausedDL"],
  [{ state: "stopping" }, "pausedUP", "pausedDL"],
  [{ state: "paused" }, "pausedUP", "pausedDL"],
  [{ state: "starting" }, "checkingResumeData", "checkingResumeData"],
  [{ state: "checking" }, "checkingUP", "checkingDL"],
  [{ state: "queued" }, "queuedUP", "queuedDL"],
  [{ state: "active" }, "stalledUP", "stalledDL"],
  [{ state: "active", upBytesPerSecond: 1 }, "uploading", "stalledDL"],
  [{ state: "active", downBytesPerSecond: 1 }, "stalledUP", "downloading"],
  [{ state: "active", isForced: true }, "forcedUP", "forcedDL"],
  [{ state: "active", isForced: true, upBytesPerSecond: 1 }, "forcedUP", "forcedDL"],
  [{ state: "metadata" }, "metaDL", "metaDL"],
  [{ state: "metadata", isForced: true }, "forcedMetaDL", "forcedMetaDL"],
  [{ state: "error", fault: { code: "disk-full", message: "full" } }, "error", "error"],
  [
    { state: "error", fault: { code: "incomplete", message: "two files are missing" } },
    "missingFiles",
    "missingFiles",
  ],
];

for (const [fields, complete, rest] of states) {
  test(`${JSON.stringify(fields)} is ${complete}, or ${rest} while incomplete`, (t) => {
    t.is(stateOf(exampleRow(fields)), complete);
    t.is(stateOf(exampleRow({ ...fields, ...incomplete })), rest);
  });
}

test("each state of Troupe has a row in the table", (t) => {
  const all = ["active", "checking", "error", "metadata", "paused"].concat([
    ...["queued", "starting", "stopped", "stopping"],
  ]);
  const seen: string[] = states.map(([{ state = "" }]) => state);
  t.deepEqual([...new Set(seen)].toSorted(), all);
});
