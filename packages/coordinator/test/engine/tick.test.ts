import test from "ava";
import { PeerField, PeerFlag } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { frameTaken } from "../../src/engine/progress-frames.ts";
import { tick, tickMs } from "../../src/engine/tick.ts";
import { statusOf } from "../../src/torrent/report/status.ts";
import { admitPeer, peerOpened } from "../../src/torrent/swarm/peers.ts";
import { at, idBytes, makeScene, rowIndex, putIn } from "../support/engine-scene.ts";

function scene() {
  const made = makeScene();
  const job = made.addJob();
  return {
    ...made,
    job,
    tickFor(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
        made.time.advance(tickMs);
        tick(made.engine);
      }
    },
    progress: () => made.events().flatMap((event) => (event.event === "progress" ? [event] : [])),
  };
}

test("progress is emitted once a second, changed or not", (t) => {
  const { tickFor, gather, progress } = scene();
  tickFor(3000);
  gather();
  t.is(progress().length, 3);
});

test("the figures of all torrents of a second are one message", (t) => {
  const { job, addJob, announced, tickFor } = scene();
  const other = addJob();
  tickFor(1000);
  const frames = announced.filter(({ name }) => name === "progress-frame");
  t.like(frames, [{ message: { rows: [{ torrent: job.id }, { torrent: other.id }] } }]);
  t.deepEqual([frames.length, announced.length], [1, 1]);
});

test("figures come after the earlier events of their torrent", (t) => {
  const { job, tickFor, events } = scene();
  job.outbox.emit({ event: "checking", done: 1, total: 2 });
  tickFor(1000);
  t.deepEqual(
    events().map(({ event }) => event),
    ["checking", "progress"],
  );
});

test("until a frame is taken the last figures of a torrent wait with its events", (t) => {
  const { engine, announced, tickFor, gather, progress } = scene();
  const frames = (): number => announced.filter(({ name }) => name === "progress-frame").length;
  tickFor(1000);
  tickFor(1000);
  t.is(frames(), 1);
  gather();
  t.is(progress().length, 2);
  frameTaken(engine);
  tickFor(1000);
  t.is(frames(), 2);
});

test("while the user's thread is busy the last figures of a torrent wait with its events", (t) => {
  const { notices, tickFor, progress } = scene();
  notices.credits = 0;
  tickFor(3000);
  t.is(progress().length, 0);
  notices.credits = 1024;
  for (const listener of notices.listeners.splice(0)) listener();
  t.is(progress().length, 1);
  tickFor(1000);
  t.is(progress().length, 2);
});

test("bytes follow the counters of the workers; rates and the time left follow those of the peers", (t) => {
  const { engine, peerWorker, job, tickFor, gather, progress } = scene();
  const table = job.content.traffic.tables[0];
  if (table === undefined) return t.fail();
  const address = { host: "8.0.0.1", port: 1, isIncoming: false };
  const peer = { torrent: job.id, peerId: idBytes("a peer"), ...address };
  admitPeer(engine, job, peerWorker(0), peer);
  peerOpened(engine, job, peerWorker(0), { ...peer, peer: rowIndex(0) });
  for (let second = 0; second < 3; second++) {
    table.totals[0] = (table.totals[0] ?? 0) + 1000;
    table.row(0).setField(PeerField.downBytesPerSecond, 1000);
    tickFor(1000);
  }
  gather();
  const last = progress().at(-1);
  t.is(last?.downloadedBytes, 3000);
  t.is(last?.downBytesPerSecond, 1000);
  t.is(last?.etaSeconds, Math.ceil((4 * 32_768) / 1000));
});

test("the counters of a crashed worker still count", (t) => {
  const { job, tickFor, gather, progress } = scene();
  const table = job.content.traffic.tables[0];
  if (table === undefined) return t.fail();
  table.totals[0] = 5000;
  job.content.traffic.renewTable(0).totals[0] = 70;
  tickFor(1000);
  gather();
  t.is(progress().at(-1)?.downloadedBytes, 5070);
});

test("the budgets of redials and of unverified addresses are renewed each second", (t) => {
  const { engine, tickFor } = scene();
  engine.network.retriesThisSecond = 30;
  engine.network.unverifiedDialsThisSecond = 30;
  tickFor(750);
  t.is(engine.network.retriesThisSecond, 30);
  t.is(engine.network.unverifiedDialsThisSecond, 30);
  tickFor(250);
  t.is(engine.network.retriesThisSecond, 0);
  t.is(engine.network.unverifiedDialsThisSecond, 0);
});

test("each tick dials for a torrent", (t) => {
  const { job, ref, tickFor } = scene();
  job.directory.add("8.0.0.1", 6881, "tracker-internet");
  tickFor(tickMs);
  t.is(ref(0).casts("dial").length, 1);
});

test("a stopped torrent sends no messages", (t) => {
  const { job, ref, tickFor, gather, events } = scene();
  putIn(job, "stopped");
  job.directory.add("8.0.0.1", 6881, "user");
  tickFor(2000);
  gather();
  t.deepEqual(events(), []);
  t.deepEqual(ref(0).sent, []);
});

test("a paused torrent reports progress", (t) => {
  const { job, tickFor, gather, progress } = scene();
  putIn(job, "paused");
  tickFor(1000);
  gather();
  t.is(progress().length, 1);
});

test("`why` is emitted when the reason changes, and only then", (t) => {
  const { job, time, ref, tickFor, gather, events } = scene();
  putIn(job, "active", undefined, time.nowMs());
  const told = (): string[] =>
    events().flatMap((event) => (event.event === "why" ? [event.code] : []));
  tickFor(3000);
  gather();
  t.deepEqual(told(), ["no-peers-known"]);
  putIn(job, "active", undefined, time.nowMs());
  job.directory.add("8.0.0.1", 6881, "user");
  tickFor(6000);
  gather();
  t.deepEqual(told().slice(1), ["starting", "no-peer-answers"]);
  ref(0).peer = undefined;
  tickFor(1000);
  gather();
  t.is(told().at(-1), "worker-restarting");
});

test("a disk that writes nothing is the reason `disk-slow`", (t) => {
  const { job, tickFor, gather, events } = scene();
  const told = (): string[] =>
    events().flatMap((event) => (event.event === "why" ? [event.code] : []));
  const [first, second] = [0, 1].map((index) => index as PieceIndex) as [PieceIndex, PieceIndex];
  for (const piece of [first, second]) {
    job.content.ledger.grant(piece, 0, 0);
    job.content.ledger.toHashing(piece);
    job.content.ledger.toWriting(piece);
  }
  tickFor(2000);
  gather();
  t.false(told().includes("disk-slow"));
  job.content.ledger.toHad(first);
  tickFor(2000);
  gather();
  t.false(told().includes("disk-slow"), "one was written meanwhile");
  tickFor(2000);
  gather();
  t.is(told().at(-1), "disk-slow");
});

test("a choking peer is the reason while no other peer has missing pieces", (t) => {
  const { job, engine, tickFor, gather, events } = scene();
  putIn(job, "active", undefined, engine.context.clock.nowMs());
  const peer = {
    worker: 0,
    host: "8.0.0.1",
    port: 1,
    peerId: "p",
    subscriber: undefined,
  };
  job.peers.admit({
    ...peer,
    isIncoming: true,
    isWebSeed: false,
    admittedAtMs: 0,
    passedPieces: 0,
    version: "v1",
    rowIndex: undefined,
  });
  job.peers.opened(0, "p", rowIndex(0), { ...peer, isIncoming: true });
  const row = at(job.content.traffic.tables, 0).row(0);
  row.setFlag(PeerFlag.amInterested, true);
  row.setFlag(PeerFlag.amChokedByPeer, true);
  tickFor(6000);
  gather();
  const told = events().flatMap((event) => (event.event === "why" ? [event.code] : []));
  t.deepEqual(told, ["starting", "all-choke-us"]);
  const status = statusOf(engine, job);
  t.is(status.why.message, "the one peer that has something chokes us");
  t.like(status.peers[0], { amChokedByPeer: true, isSnubbed: false, requestsOut: 0 });
});
