import test from "ava";
import { PeerFlag } from "@troupe/messages";
import { leasablePieces, paroleOf } from "../../../src/torrent/smart-ban/parole.ts";
import { piece } from "../../support/diagrams.ts";
import { idBytes, makeScene, showPeer, rowIndex } from "../../support/engine-scene.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";

/** Two workers with peers that have all four pieces; piece 1 has failed with blocks of `suspects`. */
function scene(suspects: readonly number[], peers = 3, proven = [0, 1, 2]) {
  const made = makeScene({ workers: 2 });
  const job = made.addJob();
  for (let place = 0; place < peers; place++) {
    const peerWorker = made.peerWorker(place % 2);
    const host = `8.0.0.${place}`;
    const peerId = idBytes(`peer ${place}`);
    const peer = { torrent: job.id, peerId, host, port: 6881, isIncoming: false };
    admitPeer(made.engine, job, peerWorker, peer);
    peerOpened(made.engine, job, peerWorker, { ...peer, peer: rowIndex(place) });
    showPeer(job, { worker: peerWorker.index, rowIndex: place }, "####");
  }
  const connected = [...job.peers.connected()];
  for (const peer of connected) peer.passedPieces = proven.includes(peer.rowIndex) ? 9 : 2;
  const contributors = suspects.map((place) => connected.find((peer) => peer.rowIndex === place));
  const blockContributors = Uint8Array.from(suspects, (_, place) => place);
  job.content.failedAttempts.recordFailed(
    piece(1),
    { contributors, blockContributors },
    new Uint8Array(20 * suspects.length),
    0,
  );
  return {
    ...made,
    job,
    given: (place: number, nowMs = 0) => {
      const bits = leasablePieces(job, made.peerWorker(place % 2), rowIndex(place), nowMs);
      return (bits?.[0] ?? 0).toString(2).slice(0, 4);
    },
  };
}

test("a piece with a failed attempt goes first to peers that did not contribute", (t) => {
  const { given } = scene([0, 1]);
  t.is(given(0), "1011");
  t.is(given(1), "1011");
  t.is(given(2), "1111");
});

test("any peer may have the piece after a while, or at once when no other peer has it", (t) => {
  const { given, job } = scene([0, 1]);
  t.is(given(0, 10_000), "1111");
  job.content.traffic.tables[0]?.row(rowIndex(2)).setFlag(PeerFlag.amChokedByPeer, true);
  t.is(given(0), "1111");
});

test("if all peers contributed, any of them may have the piece", (t) => {
  const { given } = scene([0, 1, 2]);
  t.deepEqual([given(0), given(1), given(2)], ["1111", "1111", "1111"]);
});

test("the lease of a piece on parole names the peers to ask last", (t) => {
  const { job, peerWorker } = scene([0, 1]);
  t.deepEqual(paroleOf(job, peerWorker(0), piece(1)), { mistrusted: [rowIndex(0)] });
  t.deepEqual(paroleOf(job, peerWorker(1), piece(1)), { mistrusted: [] });
  t.is(paroleOf(job, peerWorker(0), piece(0)), undefined);
});

test("a suspect with many good pieces goes before peers with few", (t) => {
  const { given, job, peerWorker } = scene([0, 1], 4, [0]);
  t.deepEqual([given(0), given(1), given(2), given(3)], ["1111", "1011", "1011", "1011"]);
  t.deepEqual(paroleOf(job, peerWorker(0), piece(1)), { mistrusted: [rowIndex(2)] });
});

test("a proven peer that chokes us does not keep other peers from the piece", (t) => {
  const { given, job, peerWorker } = scene([0, 1], 4, [0]);
  job.content.traffic.tables[0]?.row(rowIndex(0)).setFlag(PeerFlag.amChokedByPeer, true);
  t.is(given(2), "1111");
  t.deepEqual(paroleOf(job, peerWorker(0), piece(1)), { mistrusted: [] });
});
