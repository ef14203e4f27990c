import test from "ava";
import { slotsOf } from "../../../src/torrent/choking/slot-level.ts";
import { PeerField, PeerFlag, PeerWord } from "@troupe/messages";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { interestChanged } from "../../../src/torrent/choking/give-slots.ts";
import { at, putIn, rowIndex, showPeer } from "../../support/engine-scene.ts";
import { peerScene } from "../../support/peer-scene.ts";

function scene(workers = 1) {
  const made = peerScene({ workers });
  const { engine, job } = made;
  const show = (place: number, worker: number, isInterested: boolean): void => {
    showPeer(job, { worker, rowIndex: place }, "....", isInterested);
    interestChanged(engine, job, made.peerWorker(worker), {
      torrent: job.id,
      peers: [place as never],
    });
  };
  return {
    ...made,
    show,
    connect(place: number, { worker = 0, isInterested = true } = {}): void {
      const address = { host: `8.0.${place}.1` };
      made.admit(`peer ${place}`, address, worker);
      made.open(`peer ${place}`, place, address, worker);
      show(place, worker, isInterested);
    },
    unchoked: (worker = 0) =>
      made
        .ref(worker)
        .casts("set-unchoked")
        .map(({ peers }) => [...peers].map(Number)),
    tickFor(ms: number): void {
      for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
        made.time.advance(tickMs);
        tick(engine);
      }
    },
  };
}

test("an interested peer is unchoked at once, by its own worker", (t) => {
  const { connect, unchoked, job, ref } = scene(2);
  connect(0);
  connect(1, { worker: 1, isInterested: false });
  connect(2, { worker: 1 });
  t.deepEqual(ref(0).casts("set-unchoked"), [{ torrent: job.id, peers: [rowIndex(0)] }]);
  t.deepEqual(unchoked(1), [[2]]);
});

test("no message is sent while no slot changes", (t) => {
  const { connect, unchoked, tickFor } = scene();
  connect(0);
  tickFor(60_000);
  t.is(unchoked().length, 1);
});

test("a peer that is no longer interested is choked at once", (t) => {
  const { connect, show, unchoked } = scene();
  connect(0);
  connect(1);
  show(0, 0, false);
  t.deepEqual(unchoked(), [[0], [0, 1], [1]]);
});

test("a peer that takes the row of an unchoked peer is reported to its worker again", (t) => {
  const { connect, close, unchoked, tickFor } = scene();
  connect(0);
  close(0, { host: "8.0.0.1" });
  connect(0);
  tickFor(250);
  t.deepEqual(unchoked(), [[0], [0]]);
});

test("the peers of a crashed worker lose their slots", (t) => {
  const { connect, engine, job } = scene();
  connect(0);
  for (const peer of job.peers.removeWorker(0)) job.choker.forget(peer, 0);
  t.deepEqual([...job.choker.unchoked()], []);
  t.is(slotsOf(engine.uploadSlots.levels, job), 20);
});

test("a paused torrent unchokes no peer until it goes on", (t) => {
  const { connect, job, unchoked, tickFor } = scene();
  putIn(job, "paused");
  connect(0);
  tickFor(1_000);
  t.deepEqual(unchoked(), []);
  putIn(job, "active");
  tickFor(250);
  t.deepEqual(unchoked(), [[0]]);
});

test("a pause ends slots, and a peer that could not give during the pause does not rest", (t) => {
  const { connect, job, unchoked, tickFor } = scene();
  connect(0);
  const row = job.content.traffic.row(0, 0) ?? t.fail();
  row.setWord(
    PeerWord.flags,
    PeerFlag.isPeerInterested | PeerFlag.amInterested | PeerFlag.amChokedByPeer,
  );
  row.setField(PeerField.uploadedBytes, 1_000);
  tickFor(5_000);
  putIn(job, "paused");
  tickFor(60_000);
  t.deepEqual(unchoked(), [[0], []]);
  putIn(job, "active");
  tickFor(250);
  t.deepEqual(unchoked(), [[0], [], [0]]);
  connect(1);
  tickFor(20_000);
  t.deepEqual(unchoked().at(-1), [0, 1]);
});

test("a torrent whose uploads are off unchokes no peer", (t) => {
  const { connect, job, unchoked, tickFor } = scene();
  job.request = { ...job.request, settings: { upload: false } };
  connect(0);
  tickFor(20_000);
  t.deepEqual(unchoked(), []);
});

test("with slots for all, peers that give nothing keep their slots", (t) => {
  const { connect, engine, unchoked, tickFor } = scene();
  Object.assign(engine.options, { uploadSlots: "all" });
  tickFor(1_000);
  for (let place = 0; place < 30; place++) connect(place);
  tickFor(60_000);
  t.is(unchoked().at(-1)?.length, 30);
});

test("slots follow the rates that peers give over 20 s", (t) => {
  const { connect, engine, job, unchoked, tickFor } = scene();
  Object.assign(engine.options, { uploadSlots: 4 });
  tickFor(1_000);
  for (let place = 0; place < 8; place++) connect(place);
  const table = at(job.content.traffic.tables, 0);
  for (let second = 0; second < 40; second++) {
    for (let place = 0; place < 8; place++) {
      const row = table.row(place);
      row.setWord(PeerWord.requestsIn, 1);
      row.setField(PeerField.downloadedBytes, second * place * 1_000);
    }
    tickFor(1_000);
  }
  const last = unchoked().at(-1) ?? [];
  t.is(last.length, 4);
  for (const best of [5, 6, 7]) t.true(last.includes(best), String(last));
});

/** Reads of peers' rows in 100 s, for 40 peers that request nothing. */
function readsIn100Seconds(isInterested: boolean): number {
  const { connect, job, tickFor } = scene();
  for (let place = 0; place < 40; place++) connect(place, { isInterested });
  tickFor(20_000);
  const { traffic } = job.content;
  let reads = 0;
  const read = traffic.row.bind(traffic);
  Object.assign(traffic, {
    row: (worker: number, place: number) => {
      reads++;
      return read(worker, place);
    },
  });
  tickFor(100_000);
  return reads;
}

test("only the figures of silent peers are read, at most three times a second", (t) => {
  t.true(readsIn100Seconds(false) <= 3 * 40 * 100);
});

test("interested peers that request nothing are looked at once more in each round of 10 s", (t) => {
  t.is(readsIn100Seconds(true) - readsIn100Seconds(false), 10 * 40);
});

test("interest that a peer showed and took back before the notice changes nothing", (t) => {
  const { connect, job, unchoked } = scene();
  connect(0, { isInterested: false });
  t.deepEqual(unchoked(), []);
  t.is(job.choker.wanted, 0);
  t.false(at(job.content.traffic.tables, 0).row(0).flag(PeerFlag.isPeerInterested));
});
