import test from "ava";
import { PeerFlag, type AskedHashes } from "@troupe/messages";
import {
  holdFailedPiece,
  leavesCame,
  leavesRejected,
  releaseFailedPieces,
  tendFailedPieces,
} from "../../../src/torrent/hashes/blame-blocks.ts";
import { admitPeer, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { piece } from "../../support/diagrams.ts";
import {
  at,
  idBytes,
  leaseAnswers,
  makeScene,
  rowIndex,
  showPeer,
} from "../../support/engine-scene.ts";

const pieceLengthBytes = 65_536;

/** A piece of four blocks has failed, of which peer 1 sent the third, and peer 0 the others; 2 and 3 sent none. */
function scene({ peers = 4, layers = "known" as const } = {}) {
  const made = makeScene();
  const job = made.addJob({ pieces: 4, pieceLengthBytes, layers });
  for (let place = 0; place < peers; place++) {
    const peerId = idBytes(`peer ${place}`);
    const peer = {
      torrent: job.id,
      peerId,
      host: `8.0.0.${place}`,
      port: 6_881,
      isIncoming: false,
    };
    admitPeer(made.engine, job, made.peerWorker(0), peer);
    peerOpened(made.engine, job, made.peerWorker(0), { ...peer, peer: rowIndex(place) });
    showPeer(job, { worker: 0, rowIndex: place }, "####");
    at(job.content.traffic.tables, 0).row(rowIndex(place)).setFlag(PeerFlag.speaksV2, true);
  }
  const { ledger, failedAttempts } = job.content;
  const lease = ledger.grant(piece(1), 0, 0);
  ledger.toHashing(lease.piece);
  const contributors = [0, 1].map((place) => job.peers.at(0, rowIndex(place)));
  const origin = { contributors, blockContributors: Uint8Array.of(0, 0, 1, 0) };
  const digests = new Uint8Array(4 * 32).fill(5);
  const memory = new SharedArrayBuffer(2 * pieceLengthBytes);
  new Uint8Array(memory).fill(8, pieceLengthBytes);
  const sealed = {
    piece: piece(1),
    memory,
    offset: pieceLengthBytes,
    lengthBytes: pieceLengthBytes,
    origin,
  };
  const isHeld = holdFailedPiece(made.engine, job, sealed, digests);
  failedAttempts.recordFailed(piece(1), origin, digests, 0);
  const asked = (): readonly AskedHashes[] => made.ref(0).casts("ask-hashes");
  const isBanned = (place: number): boolean =>
    job.directory.isBanned(`8.0.0.${place}`, 6_881, made.engine.context.clock.nowMs());
  return { ...made, asked, isBanned, isHeld, job };
}

const range = { baseLayer: 0, index: 4, length: 4, proofLayers: 1 };
/** The third leaf is another one than that of the block that came. */
const leaves = new Uint8Array(4 * 32).fill(5);
leaves[64] = 6;

test("A17: the leaves of a failed piece are asked of a peer that sent none of it; meanwhile it is not leased", (t) => {
  const { asked, isHeld, job, engine } = scene();
  t.true(isHeld);
  t.deepEqual(asked(), [{ torrent: job.id, peer: rowIndex(2), file: 0, range }]);
  t.false(job.content.ledger.isPickable(piece(1)));
  t.is(engine.memory.failedBytes, pieceLengthBytes);
});

test("A17: the sender of the wrong block is banned, and the piece is leased with its right blocks", (t) => {
  const { engine, isBanned, job, ref } = scene();
  leavesCame(engine, job, 0, range, leaves);
  t.deepEqual([0, 1, 2, 3].map(isBanned), [false, true, false, false]);
  const [answer] = leaseAnswers(ref(0));
  const [lease] = answer?.pieces ?? [];
  t.true(answer?.isUnasked);
  t.is(lease?.piece, piece(1));
  t.is(lease?.parole, undefined);
  t.deepEqual(lease?.transferred?.received, Uint8Array.of(1, 1, 0, 1));
  t.deepEqual(lease?.transferred?.blockContributors, Uint8Array.of(0, 0, 1, 0));
  const kept = lease?.transferred?.memory;
  t.true(kept !== undefined && new Uint8Array(kept).every((byte) => byte === 8));
  t.is(job.content.traffic.failedHashBytes, 16_384);
  t.is(engine.memory.failedBytes, 0);
  t.false(job.content.failedAttempts.has(piece(1)));
});

test("a peer that rejects or is silent is followed by two others; then the whole piece is requested again", (t) => {
  const { asked, engine, job, ref, time } = scene();
  leavesRejected(engine, job, "0/2", 0, range);
  leavesRejected(engine, job, "0/2", 0, range);
  t.deepEqual(
    asked().map(({ peer }) => Number(peer)),
    [2, 3],
  );
  time.advance(1_999);
  tendFailedPieces(engine, job);
  t.is(asked().length, 2);
  time.advance(1);
  tendFailedPieces(engine, job);
  t.is(asked().length, 3);
  // The last answers are waited for.
  time.advance(7_999);
  tendFailedPieces(engine, job);
  t.false(job.content.ledger.isPickable(piece(1)));
  time.advance(1);
  tendFailedPieces(engine, job);
  t.is(asked().length, 3);
  t.true(job.content.ledger.isPickable(piece(1)));
  t.true(job.content.failedAttempts.isOnParole(piece(1)));
  t.deepEqual(leaseAnswers(ref(0)), []);
  t.is(job.content.traffic.failedHashBytes, pieceLengthBytes);
  t.is(engine.memory.failedBytes, 0);
  leavesCame(engine, job, 0, range, leaves);
  t.is(engine.memory.failedBytes, 0, "late leaves");
});

test("the end of the asked peer's connection has the next asked at once; without other peers the piece is given up", (t) => {
  const { asked, engine, job } = scene({ peers: 2 });
  const close = (place: number): void => {
    job.peers.closed(0, rowIndex(place));
    tendFailedPieces(engine, job);
  };
  const [first] = asked();
  close(Number(first?.peer));
  t.is(asked().length, 2);
  t.false(job.content.ledger.isPickable(piece(1)));
  close(Number(asked()[1]?.peer));
  t.true(job.content.ledger.isPickable(piece(1)));
  t.is(engine.memory.failedBytes, 0);
});

test("leaves that come late, after another peer was asked, are taken all the same", (t) => {
  const { asked, engine, isBanned, job, time } = scene({ peers: 2 });
  for (const waitMs of [2_000, 2_000, 2_000]) {
    time.advance(waitMs);
    tendFailedPieces(engine, job);
  }
  t.is(asked().length, 2);
  leavesCame(engine, job, 0, range, leaves);
  t.true(isBanned(1));
  t.is(job.content.traffic.failedHashBytes, 16_384);
});

test("a sender of the piece is asked where no other peer has it: its answer is proven too", (t) => {
  const { asked } = scene({ peers: 2 });
  t.is(asked().length, 1);
});

test("a piece is not held without peers, beyond 64 MiB, or once the run is over", (t) => {
  t.false(scene({ peers: 0 }).isHeld);
  const full = scene();
  full.engine.memory.failedBytes = 64 * 1_024 * 1_024;
  const { failedPieces } = full.job.content;
  const [held] = failedPieces.values();
  const sealed = { ...held, piece: piece(2), offset: 0, lengthBytes: pieceLengthBytes };
  t.false(holdFailedPiece(full.engine, full.job, sealed as never, new Uint8Array(128)));
  full.engine.memory.failedBytes = pieceLengthBytes;
  releaseFailedPieces(full.engine, full.job);
  t.is(full.engine.memory.failedBytes, 0);
  t.true(full.job.content.ledger.isPickable(piece(1)));
});
