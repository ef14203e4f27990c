import test from "ava";
import { PeerField } from "@troupe/messages";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { changeJob, idBytes, makeScene, putIn, rowIndex } from "../../support/engine-scene.ts";

function scene(peers: readonly number[]) {
  const made = makeScene();
  const job = made.addJob();
  const meet = (place: number) => {
    const host = `8.0.${place}.1`;
    const peer = {
      torrent: job.id,
      peerId: idBytes(`peer ${place}`),
      host,
      port: 1,
      isIncoming: false,
    };
    const answer = admitPeer(made.engine, job, made.peerWorker(0), peer);
    if ("admitted" in answer)
      peerOpened(made.engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(place) });
    return answer;
  };
  for (const [place, rate] of peers.entries()) {
    meet(place);
    job.content.traffic.row(0, place)?.setField(PeerField.downBytesPerSecond, rate);
  }
  const closed = () =>
    made
      .ref(0)
      .casts("close-peer")
      .map(({ peer, reason }) => `${peer} ${reason}`);
  return { ...made, job, meet, closed };
}

test("EX7: a lower bound closes the worst peers, and admits none beyond it", (t) => {
  const { engine, job, closed, meet } = scene([500, 0, 900, 20]);
  changeJob(engine, job, { maxPeers: 2 });
  t.deepEqual(closed(), ["1 over-limit", "3 over-limit"]);
  t.deepEqual(meet(7), { refused: "full" });
});

test("EX7: a peer that downloads much is as good as a peer that uploads much", (t) => {
  const { engine, job, closed } = scene([500, 400, 300]);
  job.content.traffic.row(0, 2)?.setField(PeerField.upBytesPerSecond, 900);
  changeJob(engine, job, { maxPeers: 1 });
  t.deepEqual(closed(), ["1 over-limit", "0 over-limit"]);
});

test("EX7: a bound that is not reached closes no peer", (t) => {
  const { engine, job, closed, meet } = scene([1, 2]);
  changeJob(engine, job, { maxPeers: 3 });
  t.deepEqual(closed(), []);
  t.deepEqual(meet(7), { admitted: true });
  t.deepEqual(meet(8), { refused: "full" });
  changeJob(engine, job, { maxPeers: 4 });
  t.deepEqual(meet(8), { admitted: true });
});

test("EX7: a bound above that of the start grows the tables, and takes more peers at once", (t) => {
  const { engine, job, meet, ref, closed } = scene([7, 8]);
  changeJob(engine, job, { maxPeers: 2 });
  t.deepEqual(meet(100), { refused: "full" });
  changeJob(engine, job, { maxPeers: 5_000 });
  t.deepEqual(ref(0).casts("set-max-peers"), [{ torrent: job.id, maxPeers: 5_003 }]);
  const [table] = job.content.traffic.tables;
  t.is(table?.maxPeers, 5_003);
  t.is(table?.row(1).field(PeerField.downBytesPerSecond), 8, "the rows stay where they were");
  t.deepEqual(meet(4_000), { admitted: true });
  t.deepEqual(closed(), []);
});

test("EX7: a bound that is lowered and raised again needs no larger tables", (t) => {
  const { engine, job, ref } = scene([]);
  for (const maxPeers of [5, 50]) changeJob(engine, job, { maxPeers });
  t.is(job.limits.peerLimit, 50);
  t.deepEqual(ref(0).casts("set-max-peers"), []);
});

test("EX7: the tables grow no further than the memory and the descriptors allow", (t) => {
  const few = makeScene({ connections: 60 });
  const job = few.addJob();
  changeJob(few.engine, job, { maxPeers: 10_000 });
  t.is(job.limits.peerLimit, 60);
  const large = makeScene().addJob({ pieces: 1 << 20 });
  changeJob(makeScene().engine, large, { maxPeers: 10_000 });
  const bytes = large.content.traffic.tables[0]?.memory.byteLength ?? 0;
  t.true(large.limits.peerLimit > 400 && bytes <= 64 << 20, `${bytes} bytes`);
});

test("EX7: a torrent that does not run gets the new bound with its next tables", (t) => {
  const { engine, job, ref } = scene([]);
  putIn(job, "stopped");
  changeJob(engine, job, { maxPeers: 5_000 });
  t.deepEqual(ref(0).casts("set-max-peers"), []);
  t.is(job.content.traffic.renewTable(0).maxPeers, 5_003);
});

test("EX7: a new bound is recorded", (t) => {
  const { engine, job, file } = scene([]);
  changeJob(engine, job, { maxPeers: 70 });
  t.like(file.casts("save-job").at(-1), { facts: { settings: { maxPeers: 70 } } });
});
