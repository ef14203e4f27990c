import test from "ava";
import { PeerFlag, PeerWord, type AgreedVersion } from "@troupe/messages";
import { rangesOf } from "@troupe/messages/testing";
import { addressKey } from "@troupe/protocol/address";
import { peerListens } from "../../../src/torrent/swarm/peers.ts";
import { exchangesPeers } from "../../../src/torrent/peer-exchange/exchanges-peers.ts";
import {
  peerExchangeOffered,
  peersNamed,
  tellPartners,
} from "../../../src/torrent/peer-exchange/peer-exchange.ts";
import { openAtWorker } from "../../../src/torrent/join-swarm.ts";
import { rowIndex, type JobOptions, type SceneOptions } from "../../support/engine-scene.ts";
import { peerScene, port } from "../../support/peer-scene.ts";

const secondMs = 1_000;
const minuteMs = 60_000;

function scene(options: SceneOptions = {}, jobOptions: JobOptions = {}) {
  const made = peerScene(options, jobOptions);
  const { engine, job, time, peerWorker, ref } = made;
  let rows = 0;
  return {
    ...made,
    /** Connects a peer. @returns Its row. */
    meet(
      host: string,
      meeting: {
        readonly isIncoming?: boolean;
        readonly listens?: number;
        readonly worker?: number;
        readonly version?: AgreedVersion;
      } = {},
    ): number {
      const { isIncoming = false, listens = 0, worker = 0, version = "v1" } = meeting;
      const row = rows++;
      const over = { host, isIncoming, version };
      made.admit(`peer ${row}`, over, worker);
      made.open(`peer ${row}`, row, over, worker);
      const from = peerWorker(worker);
      const message = { torrent: job.id, peer: rowIndex(row) };
      if (listens > 0) peerListens(engine, job, from, { ...message, port: listens });
      return row;
    },
    offer(row: number, isOffered = true, worker = 0): void {
      const message = { torrent: job.id, peer: rowIndex(row), isOffered };
      peerExchangeOffered(engine, job, peerWorker(worker), message);
    },
    name(row: number, ...hosts: string[]): void {
      const added = hosts.map((host) => ({ host, port: 7_000, flags: 0 }));
      const message = { torrent: job.id, peer: rowIndex(row), added };
      peersNamed(engine, job, peerWorker(0), message);
    },
    /** Time passes, second by second. */
    pass(milliseconds: number): void {
      for (let passed = 0; passed < milliseconds; passed += secondMs) {
        time.advance(secondMs);
        tellPartners(engine, job);
      }
    },
    /** Messages of a worker since the last time: the row, and what it is told. */
    told(worker = 0): string[] {
      const messages = ref(worker)
        .casts("send-peer-exchange")
        .map(({ peer, added, dropped }) => {
          const plus = added.map(
            ({ host, port: at, flags }) => `+${addressKey(host, at)}/${flags}`,
          );
          const minus = dropped.map(({ host, port: at }) => `-${addressKey(host, at)}`);
          return `${peer}: ${[...plus, ...minus].toSorted().join(" ")}`;
        });
      ref(worker).sent.length = 0;
      return messages.toSorted();
    },
  };
}

test("partners are told of each other within 20 s, of changes a minute later, and of nothing else", (t) => {
  const { close, meet, offer, pass, told } = scene();
  const [a, b] = [meet("8.0.0.1"), meet("8.0.1.1")];
  offer(a);
  offer(b);
  pass(9_000);
  t.deepEqual(told(), []);
  pass(11_000);
  t.deepEqual(told(), ["0: +8.0.1.1:6881/16", "1: +8.0.0.1:6881/16"]);
  meet("8.0.2.1");
  close(a, { host: "8.0.0.1" });
  pass(40_000);
  t.deepEqual(told(), []);
  pass(20_000);
  t.deepEqual(told(), ["1: +8.0.2.1:6881/16 -8.0.0.1:6881"]);
  pass(5 * minuteMs);
  t.deepEqual(told(), []);
});

test("an incoming peer is named once its listen port is known, and as one that we have not reached", (t) => {
  const { meet, offer, pass, told } = scene();
  offer(meet("8.0.0.1"));
  meet("8.0.1.1", { isIncoming: true });
  pass(20_000);
  t.deepEqual(told(), []);
  meet("8.0.2.1", { isIncoming: true, listens: 51_413 });
  pass(1_000);
  t.deepEqual(told(), ["0: +8.0.2.1:51413/0"]);
});

test("a peer that has every piece is named as a seed", (t) => {
  const { job, meet, offer, pass, told } = scene({}, { pieces: 4 });
  offer(meet("8.0.0.1"));
  const seed = meet("8.0.1.1");
  const row = job.content.traffic.row(0, seed);
  if (row === undefined) return t.fail();
  row.setWord(PeerWord.haveCount, 4);
  pass(20_000);
  t.deepEqual(told(), ["0: +8.0.1.1:6881/18"]);
});

test("a peer that says that it downloads nothing more is named as a seed (BEP 21)", (t) => {
  const { job, meet, offer, pass, told } = scene({}, { pieces: 4 });
  offer(meet("8.0.0.1"));
  job.content.traffic.row(0, meet("8.0.1.1"))?.setFlag(PeerFlag.isUploadOnly, true);
  pass(20_000);
  t.deepEqual(told(), ["0: +8.0.1.1:6881/18"]);
});

test("our own address, banned, quarantined and filtered peers are not named", (t) => {
  const { engine, job, meet, offer, pass, time, told } = scene();
  offer(meet("8.0.0.1"));
  for (const host of ["8.0.1.1", "8.0.2.1", "8.0.3.1", "8.0.4.1"]) meet(host);
  job.directory.markOwn("8.0.1.1", port);
  job.directory.ban("8.0.2.1", port, time.nowMs());
  const quarantined = { host: "8.0.3.1", port, forMs: 3_600_000 };
  engine.supervision.quarantine.add(quarantined, time.nowMs());
  // Its connection is closed by then, unless the worker is slow.
  engine.network.ipFilter.set({ ranges: rangesOf("8.0.4.1") });
  pass(20_000);
  t.deepEqual(told(), []);
});

test("local peers are named to local partners alone", (t) => {
  const { meet, offer, pass, told } = scene();
  offer(meet("8.0.0.1"));
  offer(meet("192.168.1.1"));
  meet("192.168.1.2");
  pass(20_000);
  t.deepEqual(told(), ["1: +192.168.1.2:6881/16 +8.0.0.1:6881/16"]);
});

test("a partner that takes its offer back hears nothing, and after a new offer only what is new, a minute after the last", (t) => {
  const { meet, offer, pass, told } = scene();
  const a = meet("8.0.0.1");
  meet("8.0.1.1");
  offer(a);
  pass(20_000);
  t.deepEqual(told(), ["0: +8.0.1.1:6881/16"]);
  offer(a, false);
  meet("8.0.2.1");
  pass(5 * minuteMs);
  t.deepEqual(told(), []);
  offer(a);
  pass(1_000);
  t.deepEqual(told(), ["0: +8.0.2.1:6881/16"]);
  offer(a, false);
  offer(a);
  meet("8.0.3.1");
  pass(50_000);
  t.deepEqual(told(), []);
});

test("messages go to the worker of the partner; after its crash its peers are dropped", (t) => {
  const { job, meet, offer, pass, told } = scene({ workers: 2 });
  offer(meet("8.0.0.1", { worker: 0 }), true, 0);
  offer(meet("8.0.1.1", { worker: 1 }), true, 1);
  pass(20_000);
  t.deepEqual([told(0), told(1)], [["0: +8.0.1.1:6881/16"], ["1: +8.0.0.1:6881/16"]]);
  job.peers.removeWorker(1);
  pass(minuteMs);
  t.deepEqual([told(0), told(1)], [["0: -8.0.1.1:6881"], []]);
});

test("at most 50 messages a second are sent, and every partner gets its turn", (t) => {
  const { meet, offer, pass, told } = scene({}, { maxPeers: 150 });
  for (let number = 0; number < 120; number++) offer(meet(`8.1.${number}.1`));
  pass(9_000);
  const counts = Array.from({ length: 14 }, () => {
    pass(1_000);
    return told().length;
  });
  t.true(Math.max(...counts) <= 50);
  t.is(
    counts.reduce((sum, count) => sum + count),
    120,
  );
});

test("named peers are dialled, local ones only if a local peer names them", (t) => {
  const { dials, meet, name, time } = scene();
  const hosts = ["8.9.0.1", "192.168.1.9", "127.0.0.1", "169.254.169.254"];
  name(meet("8.0.0.1"), ...hosts);
  time.endTurn();
  t.deepEqual(
    dials().map(({ host }) => host),
    ["8.9.0.1"],
  );
  name(meet("192.168.1.1"), ...hosts);
  time.advance(5_000);
  t.deepEqual(new Set(dials().map(({ host }) => host)), new Set(hosts));
});

test("a peer that is gone names no peer", (t) => {
  const { dials, meet, name, close, time } = scene();
  const row = meet("8.0.0.1");
  close(row, { host: "8.0.0.1" });
  const before = dials().length;
  name(row, "8.9.0.1");
  time.endTurn();
  t.is(dials().length, before);
});

test("a private torrent, and an engine without the option, neither offer nor tell nor listen", (t) => {
  for (const isPrivate of [true, false]) {
    const { engine, job, dials, meet, name, offer, pass, peerWorker, ref, told } = scene();
    if (isPrivate) Object.assign(job.content.metainfo, { isPrivate: true });
    else engine.settings.values = { ...engine.settings.values, peerExchange: false };
    t.false(exchangesPeers(engine, job));
    openAtWorker(engine, job, peerWorker(0));
    t.false(ref(0).casts("open-torrent")[0]?.exchangesPeers);
    const row = meet("8.0.0.1");
    offer(row);
    meet("8.0.1.1");
    name(row, "8.9.0.1");
    pass(20_000);
    t.deepEqual(told(), []);
    t.deepEqual(dials(), []);
  }
});

test("a magnet without metadata exchanges peers until it turns out private", (t) => {
  const { engine, addJobWithoutContent, peerWorker, ref } = scene();
  const magnet = addJobWithoutContent();
  t.true(exchangesPeers(engine, magnet));
  openAtWorker(engine, magnet, peerWorker(0));
  t.true(ref(0).casts("open-torrent").at(-1)?.exchangesPeers);
});

test("A16: a flag names the peers of version 2, and the peers with it are dialled by that hash", (t) => {
  const { engine, job, meet, offer, pass, peerWorker, told } = scene();
  const [teller] = [meet("8.0.0.1"), meet("8.0.1.1", { version: "upgraded" })];
  offer(teller);
  pass(20_000);
  t.deepEqual(told(), ["0: +8.0.1.1:6881/144"]);
  const added = [
    { host: "8.0.2.1", port: 7_000, flags: 0x10 },
    { host: "8.0.3.1", port: 7_000, flags: 0x90 },
  ];
  peersNamed(engine, job, peerWorker(0), { torrent: job.id, peer: rowIndex(teller), added });
  t.is(job.directory.foundBy("8.0.2.1", 7_000), "v1");
  t.is(job.directory.foundBy("8.0.3.1", 7_000), "v2");
});
