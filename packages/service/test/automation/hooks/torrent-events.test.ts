import test from "ava";
import {
  eventsOf,
  torrentOfNote,
  type NotedTorrent,
} from "../../../src/automation/hooks/torrent-events.ts";
import type { TorrentRow } from "../../../src/view/torrent-row.ts";
import { exampleRow } from "../../support/example-row.ts";

const sinceMs = 1_000;
const fresh = exampleRow({ addedAt: 2_000, downloadedBytes: 0, hasMetadata: false });
const { completedAt: _, lifetime: __, fault: ___, ...young } = fresh;

/** The events of rows that follow each other. */
function eventsOfAll(rows: readonly TorrentRow[], since = sinceMs): string[][] {
  let noted: NotedTorrent | undefined;
  return rows.map((row) => {
    const seen = eventsOf(row, noted, since);
    noted = seen.noted;
    return seen.events.map(({ event }) => event);
  });
}

test("H02: a magnet gives added, metadata and complete, each once", (t) => {
  const known = { ...young, hasMetadata: true };
  const complete = { ...known, completedAt: 3_000, downloadedBytes: 10 };
  // A start that checks the files shows the torrent as incomplete for a while.
  const checking = { ...complete, isComplete: false, downloadedBytes: 0 };
  const rows = [young, young, known, complete, checking, complete];
  t.deepEqual(eventsOfAll(rows), [["added"], [], ["metadata"], ["complete"], [], []]);
});

test("H02: events that came together are given in their order", (t) => {
  const row = { ...young, hasMetadata: true, completedAt: 3_000, downloadedBytes: 10 };
  t.deepEqual(eventsOfAll([row]), [["added", "metadata", "complete"]]);
});

test("a torrent that was added before there were hooks gives no event of that time", (t) => {
  const old = { ...young, addedAt: 500, hasMetadata: true, downloadedBytes: 10 };
  t.deepEqual(eventsOfAll([old, { ...old, completedAt: 3_000 }]), [[], ["complete"]]);
  t.deepEqual(
    eventsOfAll([
      { ...old, completedAt: 900 },
      { ...old, completedAt: 900 },
    ]),
    [[], []],
  );
  // Complete since, while no service ran.
  t.deepEqual(eventsOfAll([{ ...old, completedAt: 3_000 }]), [["complete"]]);
});

test("data that was there before is no download", (t) => {
  const row = { ...young, hasMetadata: true, completedAt: 3_000, downloadedBytes: 0 };
  t.deepEqual(eventsOfAll([row]), [["added", "metadata"]]);
});

test("a torrent with a final folder is complete when it has moved there", (t) => {
  const row = { ...young, hasMetadata: true, completedAt: 3_000, downloadedBytes: 10 };
  const moving = { ...row, directory: "/part", settings: { moveTo: "/final" } };
  t.deepEqual(eventsOfAll([moving, { ...row, directory: "/final", settings: {} }]), [
    ["added", "metadata"],
    ["complete"],
  ]);
});

test("an error is told once, until the torrent has left it", (t) => {
  const failed = {
    ...young,
    state: "error",
    fault: { code: "disk-full", message: "full" },
  } as const;
  const other = { ...failed, fault: { code: "EIO", message: "input" } } as const;
  const rows = [young, failed, failed, other, young, other];
  t.deepEqual(eventsOfAll(rows), [["added"], ["error"], [], ["error"], [], ["error"]]);
  t.deepEqual(eventsOf(failed, undefined, sinceMs).events.at(-1)?.error, failed.fault);
});

test("a note keeps what a removed torrent was, and changes of bytes alone are no news", (t) => {
  const first = eventsOf(young, undefined, sinceMs);
  t.true(first.isNews);
  t.false(eventsOf({ ...young, downloadedBytes: 7 }, first.noted, sinceMs).isNews);
  t.true(eventsOf({ ...young, directory: "/moved" }, first.noted, sinceMs).isNews);
  const { trackers: _trackers, group: _group, ...facts } = first.torrent;
  t.deepEqual(torrentOfNote(young.torrent, first.noted), { ...facts, trackers: [] });
});

test("a torrent is at its goals until it is seen at rest", (t) => {
  const { noted } = eventsOf(young, undefined, sinceMs);
  const atGoal = { ...noted, isAtGoal: true } as const;
  t.true(eventsOf({ ...young, state: "checking" }, atGoal, sinceMs).noted.isAtGoal);
  t.is(eventsOf({ ...young, state: "stopped" }, atGoal, sinceMs).noted.isAtGoal, undefined);
});
