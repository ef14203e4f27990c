import test from "ava";
import { torrentWeight } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { dialFailed, dialMore, needsPeers } from "../../../src/torrent/swarm/dial-schedule.ts";
import { addressOf } from "../../support/directory.ts";
import { at, putIn } from "../../support/engine-scene.ts";
import { host, peerScene as scene, port } from "../../support/peer-scene.ts";

test("PI2: untried addresses are dialled up to the connection limit, over all workers", (t) => {
  const { engine, job, dials, refs } = scene({ workers: 2 }, { maxPeers: 5 });
  for (let n = 1; n <= 9; n++) job.directory.add(`8.0.0.${n}`, port, "tracker-internet");
  dialMore(engine);
  t.is(dials().length, 5);
  t.deepEqual(
    refs.map((ref) => ref.casts("dial").length),
    [3, 2],
  );
  t.is(at(dials(), 0).timeoutMs, 2_000, "others wait");
  t.deepEqual(at(dials(), 0).kind, { transport: "tcp", encryption: "none" });
});

test("at most 200 dials are under way, over all torrents", (t) => {
  const made = scene({ workers: 2 }, { maxPeers: 1000 });
  const other = made.addJob({ maxPeers: 1000 });
  for (const job of [made.job, other]) {
    for (let n = 0; n < 150; n++)
      job.directory.add(addressOf(1_000 * job.id + n), port, "tracker-internet");
    dialMore(made.engine);
  }
  t.is(made.dials().length, 200);
});

test("L06: the bound on dials under way is a setting that changes at once", (t) => {
  const { engine, job, dials } = scene({ limits: { maxDials: 3 } }, { maxPeers: 1000 });
  for (let n = 0; n < 250; n++) job.directory.add(addressOf(n), port, "tracker-internet");
  dialMore(engine);
  t.is(dials().length, 3);
  changeSettings(engine, { changes: { maxDials: 7 } });
  dialMore(engine);
  t.is(dials().length, 7);
  changeSettings(engine, { changes: { maxDials: null } });
  dialMore(engine);
  t.is(dials().length, 200);
});

for (const [weight, dialled] of [
  [1, 100],
  [2, 133],
  [8, 177],
] as const) {
  test(`a torrent of weight ${weight} dials ${dialled} of 200 addresses beside a torrent of weight 1`, (t) => {
    const made = scene({ workers: 2 }, { maxPeers: 1000 });
    const other = made.addJob({ maxPeers: 1000 });
    other.weight = torrentWeight(weight);
    for (const job of [made.job, other]) {
      for (let n = 0; n < 250; n++)
        job.directory.add(addressOf(1_000 * job.id + n), port, "tracker-internet");
    }
    dialMore(made.engine);
    t.is(made.dials().length, 200);
    t.is(made.dials().filter(({ torrent }) => torrent === other.id).length, dialled);
  });
}

test("at most 30 re-tries a second are dialled; first tries are not counted", (t) => {
  const { engine, job, dials, peerWorker, time } = scene({}, { maxPeers: 1000 });
  for (let n = 0; n < 50; n++) job.directory.add(addressOf(n), port, "tracker-internet");
  dialMore(engine);
  t.is(dials().length, 50);
  for (const dial of dials())
    dialFailed(engine, job, peerWorker(0), { ...dial, reason: "ECONNREFUSED" });
  time.advance(30_000);
  dialMore(engine);
  dialMore(engine);
  t.is(dials().length, 80);
  engine.network.retriesThisSecond = 0;
  dialMore(engine);
  t.is(dials().length, 100);
});

test("case 62: at most 30 unverified addresses a second are dialled first, over all torrents, for 2 s each", (t) => {
  const made = scene({}, { maxPeers: 1000 });
  const jobs = [made.job, made.addJob({ maxPeers: 1000 })];
  for (const { id, directory } of jobs) {
    for (let n = 0; n < 50; n++) {
      directory.add(`8.0.${id}.${n}`, port, "pex-internet", "pex 8.0.0.1:6881");
      if (n < 20) directory.add(`8.1.${id}.${n}`, port, "tracker-internet");
    }
  }
  dialMore(made.engine);
  dialMore(made.engine);
  const unverified = () => made.dials().filter(({ host }) => host.startsWith("8.0."));
  t.is(unverified().length, 30);
  t.is(made.dials().length, 70, "the addresses of trackers are not limited");
  t.deepEqual(new Set(unverified().map(({ timeoutMs }) => timeoutMs)), new Set([2_000]));
  for (const { id } of jobs) t.is(unverified().filter(({ torrent }) => torrent === id).length, 15);
  made.engine.network.unverifiedDialsThisSecond = 0;
  dialMore(made.engine);
  t.is(unverified().length, 60);
});

test("unverified addresses do not use up the redials of a second, and do not count as a peer to come", (t) => {
  const { engine, job, dials, peerWorker, time } = scene({}, { maxPeers: 1000 });
  for (let n = 0; n < 20; n++) job.directory.add(`8.1.0.${n}`, port, "tracker-internet");
  dialMore(engine);
  for (const dial of dials())
    dialFailed(engine, job, peerWorker(0), { ...dial, reason: "ECONNREFUSED" });
  time.advance(30_000);
  for (let n = 0; n < 50; n++) job.directory.add(`8.0.0.${n}`, port, "pex-internet");
  t.true(needsPeers(engine, job));
  dialMore(engine);
  t.is(dials().length, 20 + 30 + 20);
});

test("no dial goes to a worker that is down or has a full mailbox", (t) => {
  const { engine, job, dials, ref } = scene({ workers: 2 });
  job.directory.add(host, port, "user");
  ref(0).peer = undefined;
  ref(1).credits = 255;
  dialMore(engine);
  t.is(dials().length, 0);
  ref(1).credits = 256;
  dialMore(engine);
  t.is(dials().length, 1);
});

test("AE5: a stopped torrent dials no address", (t) => {
  const { engine, job, dials } = scene();
  job.directory.add(host, port, "user");
  putIn(job, "stopped");
  dialMore(engine);
  t.is(dials().length, 0);
});

test("a dial that opened or failed makes room for another", (t) => {
  const { engine, job, admit, open, dials, peerWorker } = scene({}, { maxPeers: 2 });
  for (let n = 1; n <= 4; n++) job.directory.add(`8.0.0.${n}`, port, "tracker-internet");
  dialMore(engine);
  admit("them");
  open("them", 0);
  t.is(peerWorker(0).dials.size, 1);
  dialFailed(engine, job, peerWorker(0), { ...at(dials(), 1), reason: "ETIMEDOUT" });
  dialMore(engine);
  t.is(dials().length, 3);
});

test("addresses that were dialled or connected at a stop are dialled again at once", (t) => {
  const { engine, job, admit, open, close, dials, peerWorker } = scene();
  for (const n of [1, 2]) job.directory.add(`8.0.0.${n}`, port, "tracker-internet");
  dialMore(engine);
  admit("them");
  open("them", 0);
  close(0, { reason: "torrent-closed" });
  dialFailed(engine, job, peerWorker(0), { ...at(dials(), 1), reason: "torrent-closed" });
  dialMore(engine);
  t.is(dials().length, 4);
});

test("a torrent is hungry without peers, dials under way and untried addresses", (t) => {
  const { engine, job, admit, peerWorker } = scene();
  t.true(needsPeers(engine, job));
  job.directory.add(host, port, "user");
  t.false(needsPeers(engine, job), "one waits");
  dialMore(engine);
  t.false(needsPeers(engine, job), "one is being dialled");
  dialFailed(engine, job, peerWorker(0), { torrent: job.id, host, port, reason: "ECONNREFUSED" });
  t.true(needsPeers(engine, job));
  admit("them");
  t.false(needsPeers(engine, job));
});

test("a complete torrent without peers is not hungry", (t) => {
  const { engine, job } = scene({}, { pieces: 1 });
  t.true(needsPeers(engine, job));
  job.content.ledger.toHad(0 as PieceIndex);
  t.false(needsPeers(engine, job));
});

test("a place that is free again is taken in the same turn, not at the next tick", (t) => {
  const { engine, job, dials, peerWorker, time } = scene({}, { maxPeers: 1000 });
  for (let n = 0; n < 300; n++) job.directory.add(addressOf(n), port, "tracker-internet");
  dialMore(engine);
  t.is(dials().length, 200);
  for (const dial of dials().slice(0, 60)) {
    dialFailed(engine, job, peerWorker(0), { ...dial, reason: "ECONNREFUSED" });
  }
  t.is(dials().length, 200, "once for all that failed in this turn");
  time.advance(0);
  t.is(dials().length, 260);
});

test("torrents take turns: one with thousands of addresses does not keep the others waiting", (t) => {
  const made = scene({}, { maxPeers: 1000 });
  const [large, small] = [made.job, made.addJob({ maxPeers: 1000 })];
  for (let n = 0; n < 5_000; n++) large.directory.add(addressOf(n), port, "tracker-internet");
  for (let n = 0; n < 10; n++) small.directory.add(addressOf(9_000 + n), port, "tracker-internet");
  dialMore(made.engine);
  t.is(made.peerWorker(0).dials.count(small.id), 10);
  t.is(made.peerWorker(0).dials.count(large.id), 190);
});

test("torrents are served in turn, after the torrent served last", (t) => {
  const made = scene({}, { maxPeers: 1000 });
  const jobs = [made.job, made.addJob({ maxPeers: 1000 }), made.addJob({ maxPeers: 1000 })];
  for (const { id, directory } of jobs) {
    for (let n = 0; n < 500; n++)
      directory.add(addressOf(1_000 * id + n), port, "tracker-internet");
  }
  dialMore(made.engine);
  for (let freed = 0; freed < 6; freed++) {
    const dial = at(made.dials(), freed);
    dialFailed(made.engine, at(jobs, dial.torrent - 1), made.peerWorker(0), {
      ...dial,
      reason: "x",
    });
    made.time.advance(0);
  }
  const served = made.dials().map(({ torrent }) => torrent);
  t.deepEqual(served.slice(200), [3, 1, 2, 3, 1, 2]);
});

test("without a descriptor or a port no address is dialled for a second, and no failure is counted", (t) => {
  for (const reason of ["EMFILE", "ENFILE", "EADDRNOTAVAIL", "ENOBUFS"]) {
    const { engine, job, dials, peerWorker, time } = scene({}, { maxPeers: 1000 });
    for (let n = 0; n < 201; n++) job.directory.add(addressOf(n), port, "tracker-internet");
    dialMore(engine);
    dialFailed(engine, job, peerWorker(0), { ...at(dials(), 0), reason });
    time.advance(999);
    dialMore(engine);
    t.is(dials().length, 200, reason);
    time.advance(1);
    dialMore(engine);
    t.is(dials().length, 201, reason);
    for (const dial of dials().slice(1))
      dialFailed(engine, job, peerWorker(0), { ...dial, reason: "x" });
    time.advance(4_000);
    dialMore(engine);
    t.is(
      at(dials(), 201).host,
      addressOf(0),
      `${reason}: the first is tried again before those that failed`,
    );
    t.is(dials().length, 202);
  }
});

test("the only peer of a download is dialled again within two seconds of its end", (t) => {
  const { engine, job, admit, open, close, dials, time } = scene();
  job.directory.add(host, port, "user");
  dialMore(engine);
  admit("them");
  open("them", 0);
  close(0);
  time.advance(1_500);
  dialMore(engine);
  t.is(dials().length, 2);
});

/** The seconds after which an address is dialled again, each time because the dial failed for this reason. */
function redialSeconds(reason: string, count: number, more: readonly string[] = []): number[] {
  const { engine, job, dials, peerWorker, time } = scene();
  job.directory.add(host, port, "magnet");
  for (const other of more) job.directory.add(other, port, "magnet");
  dialMore(engine);
  const pauses: number[] = [];
  for (let round = 0; round < count; round++) {
    const before = dials().length;
    for (const dial of dials().slice(round === 0 ? 0 : -1))
      dialFailed(engine, job, peerWorker(0), { ...dial, reason });
    let pauseMs = 0;
    for (; dials().length === before; pauseMs += 250) {
      time.advance(250);
      dialMore(engine);
    }
    pauses.push(pauseMs / 1_000);
  }
  return pauses;
}

test("the only peer, which closes in the handshake, is dialled again after 1, 2 and 4 seconds, then after 30", (t) => {
  t.deepEqual(redialSeconds("closed-by-peer", 5), [1, 2, 4, 30, 60]);
  t.deepEqual(redialSeconds("ECONNRESET", 4), [1, 2, 4, 30]);
});

test("an only peer that refuses or is silent, and one of two that close, are dialled again after 30 seconds", (t) => {
  t.deepEqual(redialSeconds("ECONNREFUSED", 2), [30, 60]);
  t.deepEqual(redialSeconds("ETIMEDOUT", 1), [30]);
  t.deepEqual(redialSeconds("closed-by-peer", 1, ["8.0.1.1"]), [30]);
});

test("the end of a connection is reported, and its address waits before the next dial", (t) => {
  const { engine, job, admit, open, close, dials, gather, events, time } = scene();
  job.directory.add(host, port, "user");
  dialMore(engine);
  admit("them");
  open("them", 0);
  for (let n = 0; n < 4; n++) admit(`other ${n}`, { port: n + 1 });
  close(0);
  gather();
  t.deepEqual(
    events().map((event) => event.event === "peer" && [event.address, event.connected]),
    [
      [`${host}:${port}`, true],
      [`${host}:${port}`, false],
    ],
  );
  dialMore(engine);
  t.is(dials().length, 1);
  time.advance(30_000);
  dialMore(engine);
  t.is(dials().length, 2);
});

test("our own address does not count as a peer, even if it is named again", (t) => {
  const { engine, job, dials, peerWorker } = scene();
  job.directory.add("8.0.0.1", port, "tracker-internet");
  dialMore(engine);
  dialFailed(engine, job, peerWorker(0), { ...at(dials(), 0), reason: "self" });
  t.is(job.directory.size, 0);
  t.false(job.directory.add("8.0.0.1", port, "tracker-internet"));
  t.true(job.directory.add("8.0.0.1", port + 1, "tracker-internet"));
});

test("D04: an address that no program answered at is dialled with the other transport in front, by the worker with the UDP port", (t) => {
  const { engine, job, peerWorker, refs, time } = scene({ workers: 2 }, { maxPeers: 10 });
  job.directory.add("8.0.0.1", port, "tracker-internet");
  const dialled = (): string[] =>
    refs.map((ref) =>
      ref
        .casts("dial")
        .map(({ kind }) => kind.transport)
        .join(" "),
    );
  for (const [reason, seen] of [
    ["ECONNREFUSED", ["tcp", ""]],
    ["dial-timeout", ["tcp utp", ""]],
    ["closed-by-peer", ["tcp utp tcp", ""]],
    ["proxy-refused", ["tcp utp tcp tcp", ""]],
    ["closed-by-peer", ["tcp utp tcp tcp utp", ""]],
  ] as const) {
    dialMore(engine);
    t.deepEqual(dialled(), seen);
    const dial = { torrent: job.id, host: "8.0.0.1", port, reason };
    dialFailed(engine, job, peerWorker(0), dial);
    time.advance(3_600_000);
  }
});

test("D04: with uTP alone all dials go to the worker with the UDP port", (t) => {
  const { engine, job, refs } = scene({ workers: 2 }, { maxPeers: 10 });
  engine.network.port = 0;
  changeSettings(engine, { changes: { transport: "utp" } });
  for (let n = 1; n <= 6; n++) job.directory.add(`8.0.0.${n}`, port, "tracker-internet");
  dialMore(engine);
  t.deepEqual(
    refs.map((ref) => ref.casts("dial").length),
    [0, 0],
    "the port is not open yet",
  );
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  dialMore(engine);
  t.deepEqual(
    refs.map((ref) => ref.casts("dial").length),
    [6, 0],
  );
});
