import test from "ava";
import type { LeaseId, PeerRowIndex, ContributorAddress, SlabId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { BlockState, PieceInProgress, noPeer } from "../../src/download/piece-in-progress.ts";

const [ann, ben, cid] = [0, 1, 2] as PeerRowIndex[] as [PeerRowIndex, PeerRowIndex, PeerRowIndex];

function pieceOf(lengthBytes: number): PieceInProgress {
  const place = { slab: 1 as SlabId, memory: new Uint8Array(0), offset: 0, extentBytes: 0 };
  return new PieceInProgress(3 as PieceIndex, 7 as LeaseId, lengthBytes, place);
}

test("a block goes from free through requested and receiving to received", (t) => {
  const piece = pieceOf(3 * 16_384);
  t.is(piece.stateOf(0), BlockState.free);
  piece.request(0, ann);
  t.is(piece.stateOf(0), BlockState.requested);
  t.is(piece.freeCount, 2);
  piece.startBlock(0, ann);
  t.is(piece.stateOf(0), BlockState.receiving);
  piece.finishBlock(0, ann);
  t.is(piece.stateOf(0), BlockState.received);
  t.deepEqual([piece.freeCount, piece.receivingCount, piece.receivedCount], [2, 0, 1]);
  t.deepEqual(piece.contributors, [ann]);
});

test("the last block has the remaining bytes", (t) => {
  const piece = pieceOf(16_384 + 5);
  t.deepEqual(
    [piece.blockCount, piece.blockLengthBytes(0), piece.blockLengthBytes(1)],
    [2, 16_384, 5],
  );
  piece.request(1, ann);
  piece.startBlock(1, ann);
  piece.finishBlock(1, ann);
  t.is(piece.receivedBytes(), 5);
});

test("a block that its peer will not send is free again, and is picked first", (t) => {
  const piece = pieceOf(3 * 16_384);
  piece.request(0, ann);
  piece.request(1, ann);
  t.is(piece.nextFreeBlock(), 2);
  piece.dropRequest(0, ann);
  t.is(piece.nextFreeBlock(), 0);
  piece.startBlock(1, ann);
  piece.abandonBlock(1);
  t.is(piece.freeCount, 3);
});

test("a block requested of two peers stays requested when one of them drops it", (t) => {
  for (const [leaver, stayer] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const piece = pieceOf(16_384);
    piece.request(0, ann);
    t.true(piece.mayBeDoubledBy(0, ben));
    piece.request(0, ben);
    t.false(piece.mayBeDoubledBy(0, cid));
    piece.dropRequest(0, leaver);
    t.is(piece.stateOf(0), BlockState.requested);
    t.is(piece.requesterOf(0), stayer);
    piece.dropRequest(0, stayer);
    t.is(piece.stateOf(0), BlockState.free);
  }
});

test("while one of two peers sends a block, only the other owes it", (t) => {
  const piece = pieceOf(16_384);
  piece.request(0, ann);
  piece.request(0, ben);
  piece.startBlock(0, ben);
  t.is(piece.requesterOf(0), ann);
  piece.abandonBlock(0);
  t.is(piece.stateOf(0), BlockState.requested);
  piece.startBlock(0, ann);
  piece.finishBlock(0, ann);
  t.is(piece.requesterOf(0), noPeer);
  t.true(piece.isWhole);
});

test("a peer that never owed a block changes nothing by dropping it", (t) => {
  const piece = pieceOf(16_384);
  piece.dropRequest(0, ann);
  piece.request(0, ben);
  piece.dropRequest(0, ann);
  t.is(piece.requesterOf(0), ben);
  t.is(piece.freeCount, 0);
});

test("a late block may start although no peer owes it any more", (t) => {
  const piece = pieceOf(16_384);
  piece.startBlock(0, ann);
  t.deepEqual([piece.freeCount, piece.receivingCount], [0, 1]);
});

const source = (host: string): ContributorAddress => ({
  host,
  port: 1,
  peerId: new Uint8Array(20),
});

function give(piece: PieceInProgress, peers: readonly PeerRowIndex[]): void {
  for (const [block, peer] of peers.entries()) {
    piece.request(block, peer);
    piece.startBlock(block, peer);
    piece.finishBlock(block, peer);
  }
}

test("while one peer sends all blocks, no contributor is recorded for each block", (t) => {
  const piece = pieceOf(3 * 16_384);
  give(piece, [ann, ann, ann]);
  t.deepEqual(piece.contributors, [ann]);
  t.is(piece.blockContributors, undefined);
});

test("with several peers the contributor of each block is recorded", (t) => {
  const piece = pieceOf(4 * 16_384);
  give(piece, [ann, ann, ben, ann]);
  t.deepEqual(piece.contributors, [ann, ben]);
  t.deepEqual(piece.blockContributors, Uint8Array.of(0, 0, 1, 0));
});

test("a disconnected contributor is recorded by its address, and a new peer in its row is another contributor", (t) => {
  const piece = pieceOf(4 * 16_384);
  give(piece, [ann, ben, ann]);
  piece.renameContributor(cid, source("cid"));
  piece.renameContributor(ann, source("ann"));
  piece.startBlock(3, ann);
  piece.finishBlock(3, ann);
  t.deepEqual(piece.contributors, [source("ann"), ben, ann]);
  t.deepEqual(piece.blockContributors, Uint8Array.of(0, 1, 0, 2));
});

test("blocks of a transferred piece count as received from their contributors", (t) => {
  const piece = pieceOf(3 * 16_384);
  piece.adoptBlock(1, source("far"));
  piece.adoptBlock(2, undefined);
  t.deepEqual(piece.receivedBlocks(), Uint8Array.of(0, 1, 1));
  t.deepEqual([piece.freeCount, piece.receivedCount], [1, 2]);
  t.is(piece.nextFreeBlock(), 0);
  give(piece, [ann]);
  t.deepEqual(piece.contributors, [source("far"), ann]);
  t.deepEqual(piece.blockContributors, Uint8Array.of(1, 0, 255));
});

test("the blocks of a 256th contributor have no contributor", (t) => {
  const piece = pieceOf(300 * 16_384);
  const peers = Array.from({ length: 300 }, (_, peer) => peer as PeerRowIndex);
  give(piece, peers);
  t.is(piece.contributors.length, 255);
  t.deepEqual(
    [...(piece.blockContributors ?? [])],
    peers.map((peer) => Math.min(peer, 255)),
  );
});
