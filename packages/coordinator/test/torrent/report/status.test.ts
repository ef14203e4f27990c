import test from "ava";
import { PeerField, PeerFlag, PeerWord } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import {
  noteAvailability,
  progressOf,
  resetFigures,
  statusOf,
  updateRates,
} from "../../../src/torrent/report/status.ts";
import { idBytes, makeScene, rowIndex, putIn, showPeer } from "../../support/engine-scene.ts";

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
    transport: "tcp",
    encryption: "none",
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

test("the peers that have all pieces, that send and that get payload are counted each second", (t) => {
  const { job } = scene([1_000, 0, 4]);
  t.like(progressOf(job), { peers: 3, seeds: 0, sendingPeers: 2, gettingPeers: 2 });
  const { traffic } = job.content;
  traffic.row(0, 1)?.setWord(PeerWord.haveCount, 4);
  traffic.row(0, 0)?.setField(PeerField.downBytesPerSecond, 0);
  updateRates(job);
  t.like(progressOf(job), { peers: 3, seeds: 1, sendingPeers: 1, gettingPeers: 2 });
  resetFigures(traffic);
  t.like(progressOf(job), { seeds: 0, sendingPeers: 0, gettingPeers: 0 });
});

test("the availability is that of the last look, of a torrent that runs and lacks pieces", (t) => {
  const made = scene([1]);
  const { job } = made;
  const availability = () => progressOf(job).availability;
  showPeer(job, { worker: 0, rowIndex: 0 }, "##.#");
  t.is(availability(), undefined, "not looked at");
  noteAvailability(job);
  t.is(availability(), 0.75);
  for (const piece of [0, 1, 2, 3] as PieceIndex[]) job.content.ledger.toHad(piece);
  t.is(availability(), undefined, "all is had");
  noteAvailability(job);
  t.is(job.content.traffic.copies, undefined);
  const stopped = made.addJob();
  putIn(stopped, "stopped");
  noteAvailability(stopped);
  t.is(progressOf(stopped).availability, undefined);
});

test("the swarm's counts are unknown until a tracker names them", (t) => {
  const { job, addJobWithoutContent } = scene([]);
  t.false("swarmSeeds" in progressOf(job));
  job.swarmCounts = { seeds: 0 };
  t.like(progressOf(job), { swarmSeeds: 0, swarmLeechers: undefined });
  const magnet = addJobWithoutContent();
  magnet.swarmCounts = { seeds: 3, leechers: 4 };
  t.like(progressOf(magnet), { swarmSeeds: 3, swarmLeechers: 4 });
});
