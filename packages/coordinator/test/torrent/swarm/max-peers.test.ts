import test from "ava";
import { PeerField } from "@troupe/messages";
import { setMaxPeers } from "../../../src/torrent/swarm/max-peers.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { idBytes, makeScene, rowIndex } from "../../support/engine-scene.ts";

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
    const fields = job.content.traffic.tables[0]?.row(place).fields;
    if (fields !== undefined) fields[PeerField.downBytesPerSecond] = rate;
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
  setMaxPeers(engine, job, { torrent: job.id, maxPeers: 2 });
  t.deepEqual(closed(), ["1 over-limit", "3 over-limit"]);
  t.deepEqual(meet(7), { refused: "full" });
});

test("EX7: a peer that downloads much is as good as a peer that uploads much", (t) => {
  const { engine, job, closed } = scene([500, 400, 300]);
  const fields = job.content.traffic.tables[0]?.row(2).fields;
  if (fields !== undefined) fields[PeerField.upBytesPerSecond] = 900;
  setMaxPeers(engine, job, { torrent: job.id, maxPeers: 1 });
  t.deepEqual(closed(), ["1 over-limit", "0 over-limit"]);
});

test("EX7: a bound that is not reached closes no peer", (t) => {
  const { engine, job, closed, meet } = scene([1, 2]);
  setMaxPeers(engine, job, { torrent: job.id, maxPeers: 3 });
  t.deepEqual(closed(), []);
  t.deepEqual(meet(7), { admitted: true });
  t.deepEqual(meet(8), { refused: "full" });
  setMaxPeers(engine, job, { torrent: job.id, maxPeers: 4 });
  t.deepEqual(meet(8), { admitted: true });
});

test("EX7: a bound above that of the start applies from the next start", (t) => {
  const { engine, job } = scene([]);
  setMaxPeers(engine, job, { torrent: job.id, maxPeers: 5_000 });
  t.is(job.limits.peerLimit, 50);
  job.limits.sizeTables(job.request.maxPeers);
  t.is(job.limits.peerLimit, 5_000);
});
