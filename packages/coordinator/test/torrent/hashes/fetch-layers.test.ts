import test from "ava";
import { PeerFlag, type AskedHashes } from "@troupe/messages";
import { PieceHashes } from "@troupe/protocol/metainfo";
import {
  hashesCame,
  hashesRejected,
  tendHashes,
} from "../../../src/torrent/hashes/fetch-layers.ts";
import { markPieceHad } from "../../../src/torrent/pieces/have-updates.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { admitPeer, peerClosed, peerOpened } from "../../../src/torrent/swarm/peers.ts";
import { piece } from "../../support/diagrams.ts";
import {
  at,
  idBytes,
  leaseAnswers,
  makeScene,
  rowIndex,
  showPeer,
} from "../../support/engine-scene.ts";

/** A torrent of six pieces whose hashes are not known, and peers that speak version 2. */
function scene(peers: readonly string[] = ["######"], algorithm: "merkle" | "hybrid" = "merkle") {
  const made = makeScene();
  const job = made.addJob({ pieces: 6, layers: "unknown", algorithm });
  const worker = made.peerWorker(0);
  const connection = (place: number) => ({
    torrent: job.id,
    peerId: idBytes(`peer ${place}`),
    host: `8.0.0.${place}`,
    port: 6_881,
    isIncoming: false,
  });
  const connect = (place: number, has: string): void => {
    admitPeer(made.engine, job, worker, connection(place));
    peerOpened(made.engine, job, worker, { ...connection(place), peer: rowIndex(place) });
    showPeer(job, { worker: 0, rowIndex: place }, has);
    at(job.content.traffic.tables, 0).row(rowIndex(place)).setFlag(PeerFlag.speaksV2, true);
  };
  for (const [place, has] of peers.entries()) connect(place, has);
  const close = (place: number, reason: string, isFault = true): void => {
    const { peerId: _peerId, ...gone } = connection(place);
    const bytes = { downloadedBytes: 0, uploadedBytes: 0 };
    peerClosed(made.engine, job, worker, {
      ...gone,
      ...bytes,
      peer: rowIndex(place),
      reason,
      isFault,
    });
  };
  const asks = (): readonly AskedHashes[] => made.ref(0).casts("ask-hashes");
  const want = (): number => {
    piecesWanted(made.engine, job, worker, { peers: [{ peer: rowIndex(0), count: 6 }] });
    return leaseAnswers(made.ref(0)).at(-1)?.pieces.length ?? 0;
  };
  const tend = (): void => tendHashes(made.engine, job);
  return { ...made, asks, close, connect, job, tend, want, worker };
}

const range = { baseLayer: 1, index: 0, length: 8, proofLayers: 2 };

test("A17: no block is requested before the hash of its piece; then all are", (t) => {
  const { asks, engine, job, ref, tend, want, worker } = scene();
  t.is(want(), 0);
  tend();
  t.deepEqual(asks(), [{ torrent: job.id, peer: rowIndex(0), file: 0, range }]);
  const hashes = Uint8Array.from({ length: 8 * 32 }, (_, byte) =>
    byte < 6 * 32 ? 1 + (byte >> 5) : 0,
  );
  hashesCame(engine, job, worker, { torrent: job.id, peer: rowIndex(0), file: 0, range, hashes });
  t.is(ref(0).casts("hashes-known").length, 1);
  t.deepEqual(job.content.metainfo.pieceHashes.bytes, hashes.slice(0, 6 * 32));
  t.is(job.content.layers, undefined);
  t.is(want(), 6);
});

test("peers that do not speak version 2, or lack the pieces, are not asked", (t) => {
  const { asks, job, tend } = scene(["......", "######"]);
  at(job.content.traffic.tables, 0).row(rowIndex(1)).setFlag(PeerFlag.speaksV2, false);
  tend();
  t.deepEqual(asks(), []);
});

test("after a reject, or the end of a connection, another peer is asked", (t) => {
  const { asks, close, engine, job, tend, worker } = scene(["######", "######", "######"]);
  tend();
  hashesRejected(engine, job, worker, at(asks(), 0));
  close(1, "closed-by-peer", false);
  tend();
  t.deepEqual(
    asks().map(({ peer }) => Number(peer)),
    [0, 1, 2],
  );
});

test("case 56: a peer with wrong hashes is banned at the second time", async (t) => {
  const { close, connect, engine, gather, events, job } = scene();
  const isBanned = (): boolean =>
    job.directory.isBanned("8.0.0.0", 6_881, engine.context.clock.nowMs());
  close(0, "hashes-wrong");
  t.false(isBanned());
  connect(0, "######");
  close(0, "frame-too-long");
  connect(0, "######");
  t.false(isBanned());
  close(0, "hashes-not-requested");
  t.true(isBanned());
  gather();
  t.true(events().some((event) => event.event === "warning" && event.code === "peer-banned"));
});

test("pieces that are withheld are in no priority, and come back with theirs", (t) => {
  const { engine, job, worker } = scene();
  const { ledger } = job.content;
  t.is(ledger.pickable.count, 0);
  ledger.setPriority(piece(2), 7);
  ledger.setPriority(piece(3), 0);
  t.is(ledger.pickable.count, 0);
  t.false(ledger.isPickable(piece(2)));
  const hashes = new Uint8Array(8 * 32).fill(3);
  const came = { torrent: job.id, peer: rowIndex(0), file: 0, range, hashes };
  hashesCame(engine, job, worker, came);
  t.is(ledger.pickable.count, 5);
  t.deepEqual(ledger.pickable.among(Uint8Array.of(0xff), 1), [2]);
});

test("A16, case 25: pieces of a hybrid that their SHA-1 alone has proven are hashed again when their nodes come", (t) => {
  const { engine, job, ref, worker } = scene();
  const { checks, ledger } = job.content;
  const pieceHashes = new PieceHashes("hybrid", new Uint8Array(6 * 52), 1);
  Object.assign(job.content, { metainfo: { ...job.content.metainfo, pieceHashes } });
  ledger.toHad(piece(0));
  ledger.toHashing(piece(1));
  ledger.toWriting(piece(1));
  const hashes = new Uint8Array(8 * 32).fill(3);
  hashesCame(engine, job, worker, { torrent: job.id, peer: rowIndex(0), file: 0, range, hashes });
  t.true(pieceHashes.isNodeKnown(5));
  t.deepEqual([...checks.suspects], [piece(0)]);
  t.deepEqual(checks.newSuspects, [piece(0)]);
  t.false(ledger.map.has(piece(0)));

  const said = ref(0).sent.length;
  markPieceHad(engine, job, piece(1));
  t.deepEqual(checks.newSuspects, [piece(0), piece(1)]);
  t.is(ledger.hadCount, 0);
  t.is(ref(0).sent.length, said);
  // The check has found it good by both hashes.
  markPieceHad(engine, job, piece(1));
  t.true(ledger.map.has(piece(1)));
  t.deepEqual([...checks.suspects], [piece(0)]);
  ledger.toHashing(piece(2));
  markPieceHad(engine, job, piece(2));
  t.true(ledger.map.has(piece(2)));
});

test("pieces of a hybrid are pickable before their nodes come, and count once after that", (t) => {
  const { engine, job, want, worker } = scene(["######"], "hybrid");
  const { ledger } = job.content;
  t.is(ledger.pickable.count, 6);
  const hashes = new Uint8Array(8 * 32).fill(3);
  hashesCame(engine, job, worker, { torrent: job.id, peer: rowIndex(0), file: 0, range, hashes });
  t.is(job.content.layers, undefined);
  t.is(ledger.pickable.count, 6);
  t.is(want(), 6);
  t.is(ledger.pickable.count, 0);
});
