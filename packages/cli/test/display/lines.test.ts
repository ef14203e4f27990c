import test from "ava";
import { detailsOf } from "../../src/display/details.ts";
import { trackerLines } from "../../src/display/tracker-lines.ts";
import { whyLine } from "../../src/display/why-line.ts";
import { workerLine, workersOf } from "../../src/display/worker-line.ts";
import type { ActorStatus, TrackerStatus } from "../../src/engine-port.ts";
import { torrentStatus, trackerStatus } from "../support/details.ts";

function lines(...trackers: TrackerStatus[]): string[] {
  return trackerLines(detailsOf(torrentStatus({ trackers })).trackers).map(({ text }) => text);
}

const silent = trackerStatus({ isWorking: false, failures: 2, error: "no answer within 15 s" });
const { nextInSeconds: _due, ...notItsTurn } = trackerStatus();

test("a tracker's line has the number of its peers and the time of the next announce", (t) => {
  t.deepEqual(lines(trackerStatus()), [
    "tracker tracker.example: 50 peers (7 seeds, 90 leechers), next in 12m 03s",
  ]);
  t.deepEqual(lines(notItsTurn), ["tracker tracker.example: 50 peers (7 seeds, 90 leechers)"]);
});

test("a failing tracker's line has its reason, below the working trackers", (t) => {
  t.deepEqual(lines(silent, notItsTurn), [
    "tracker tracker.example: 50 peers (7 seeds, 90 leechers)",
    "tracker tracker.example: no answer within 15 s, 2 failures in a row, again in 12m 03s",
  ]);
});

test("a tracker that failed once has its reason alone", (t) => {
  t.deepEqual(lines({ ...silent, failures: 1 }), [
    "tracker tracker.example: no answer within 15 s, again in 12m 03s",
  ]);
});

test("a failing tracker is highlighted only while no tracker works", (t) => {
  const colours = (...trackers: TrackerStatus[]): string[] =>
    trackerLines(detailsOf(torrentStatus({ trackers })).trackers).map(({ colour }) => colour);
  t.deepEqual(colours(silent), ["yellow"]);
  t.deepEqual(colours(silent, notItsTurn), ["dim", "dim"]);
});

test("unused trackers are left out, unless all are unused", (t) => {
  const { complete: _seeds, incomplete: _others, ...fresh } = notItsTurn;
  const idle = { ...fresh, isWorking: false };
  t.deepEqual(lines(idle, idle), ["tracker tracker.example: not asked yet"]);
  t.deepEqual(lines(idle, { ...idle, nextInSeconds: 0 }), ["tracker tracker.example: being asked"]);
});

test("the reason is shown while the download is slow, a grave reason always", (t) => {
  const slow = { code: "peers-slow", message: "one peer sends nothing" };
  t.deepEqual(whyLine(slow, 1000), { text: slow.message, colour: "dim" });
  t.is(whyLine(slow, 100_000_000), undefined);
  const stuck = { code: "disk-slow", message: "the disk does not return" };
  t.deepEqual(whyLine(stuck, 100_000_000), { text: stuck.message, colour: "yellow" });
  t.is(whyLine({ code: "paused", message: "it is paused" }, 0), undefined);
});

function actor(name: string, fields: Partial<ActorStatus> = {}): ActorStatus {
  return { name, kind: "actor", state: "running", epoch: 1, restarts: 0, mailbox: 0, ...fields };
}

function treeWith(...peers: ActorStatus[]): ActorStatus {
  const workers = actor("workers", { kind: "supervisor", children: [actor("hash"), ...peers] });
  return actor("troupe", {
    kind: "supervisor",
    children: [actor("engine", { children: [workers] })],
  });
}

test("workers are a line only while one is missing", (t) => {
  t.is(workerLine([]), undefined);
  t.is(workerLine(workersOf(treeWith(actor("peer-0")))), undefined);
  const gone = treeWith(actor("peer-0", { state: "restarting", restarts: 2 }));
  t.deepEqual(workerLine(workersOf(gone, "seeder")), {
    text: "workers: seeder/peer-0 restarting (2 restarts)",
    colour: "yellow",
  });
  const back = treeWith(actor("peer-0", { restarts: 1 }));
  t.is(workerLine(workersOf(back)), undefined);
});
