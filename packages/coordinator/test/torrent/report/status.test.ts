import test from "ava";
import { PeerField, PeerFlag, PeerWord } from "@troupe/messages";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { statusOf, updateRates } from "../../../src/torrent/report/status.ts";
import { idBytes, makeScene, rowIndex, putIn } from "../../support/engine-scene.ts";

/** An active torrent with a peer for each of these rates, in bytes per second. */
function scene(rates: readonly number[]) {
  const made = makeScene();
  const job = made.addJob();
  for (const [place, rate] of rates.entries()) {
    const peer = {
      torrent: job.id,
      peerId: idBytes(`peer ${place}`),
      host: `8.0.${place}.1`,
      port: 1,
      isIncoming: false,
    };
    admitPeer(made.engine, job, made.peerWorker(0), peer);
    peerOpened(made.engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(place) });
    const row = job.content.traffic.row(0, place);
    row?.setField(PeerField.downBytesPerSecond, rate);
    row?.setField(PeerField.upBytesPerSecond, rate / 2);
  }
  updateRates(job);
  return { ...made, job };
}

test("the rates of the peers add up to the torrent's rate, and the reason has the same figure", (t) => {
  const { engine, job } = scene([1_000, 250, 4]);
  const { progress, peers } = statusOf(engine, job);
  const sum = (rates: readonly number[]) => rates.reduce((all, rate) => all + rate, 0);
  t.is(progress.downBytesPerSecond, 1_254);
  t.is(progress.downBytesPerSecond, sum(peers.map((peer) => peer.downBytesPerSecond)));
  t.is(progress.upBytesPerSecond, sum(peers.map((peer) => peer.upBytesPerSecond)));
});

test("AE22: the status lists each connected peer with its address, client, share, figures and flags, in the order of their rows", (t) => {
  const { engine, job } = scene([1_000, 250]);
  const row = job.content.traffic.tables[0]?.row(1);
  if (row === undefined) return t.fail();
  row.setWord(
    PeerWord.flags,
    PeerFlag.amInterested | PeerFlag.isPeerChoked | PeerFlag.hasFast | PeerFlag.isUploadOnly,
  );
  row.setWord(PeerWord.haveCount, 3);
  row.setWord(PeerWord.requestsOut, 2);
  row.setField(PeerField.downloadedBytes, 5_000);
  const { peers } = statusOf(engine, job);
  t.deepEqual(
    peers.map(({ host }) => host),
    ["8.0.0.1", "8.0.1.1"],
  );
  t.deepEqual(peers[1], {
    host: "8.0.1.1",
    port: 1,
    isIncoming: false,
    sources: [],
    client: "peer 1--",
    haveShare: 3 / 4,
    downloadedBytes: 5_000,
    uploadedBytes: 0,
    downBytesPerSecond: 250,
    upBytesPerSecond: 125,
    amInterested: true,
    isPeerInterested: false,
    amChokedByPeer: false,
    isPeerChoked: true,
    isSnubbed: false,
    isOptimistic: false,
    hasFast: true,
    isUploadOnly: true,
    flags: "D",
    requestsOut: 2,
    requestsIn: 0,
    roundTripMs: 0,
    blockTimeMs: 0,
  });
});

test("a torrent that is not active has no estimated time", (t) => {
  const { engine, job } = scene([1_000]);
  t.truthy(statusOf(engine, job).progress.etaSeconds);
  for (const state of ["error", "paused", "checking"] as const) {
    putIn(job, state);
    t.is(statusOf(engine, job).progress.etaSeconds, undefined, state);
  }
});
