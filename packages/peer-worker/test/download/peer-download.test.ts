import test from "ava";
import type { LeaseId, SlabId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { PeerDownload } from "../../src/download/peer-download.ts";
import { PieceInProgress } from "../../src/download/piece-in-progress.ts";
import { peerPipeline } from "../../src/download/request-pipeline.ts";

const place = { slab: 1 as SlabId, memory: new Uint8Array(0), offset: 0, extentBytes: 0 };

test("a peer owes its requests and the arriving block", (t) => {
  const download = new PeerDownload(peerPipeline);
  const piece = new PieceInProgress(0 as PieceIndex, 1 as LeaseId, 32_768, place);
  download.requests.push(1, 0);
  t.is(download.blocksOut, 1);
  download.beginBlock(piece, 0, 5);
  t.is(download.blocksOut, 2);
  t.deepEqual([download.receivingIn, download.receivingBlock], [piece, 0]);
  download.endBlock();
  t.is(download.blocksOut, 1);
});

test("the rate is measured from the first payload on", (t) => {
  const download = new PeerDownload(peerPipeline);
  download.readRate(1_000, true, 0, false);
  t.is(download.bytesPerSecond, 0);
  download.countReceived(1_000, { nowMs: () => 2_000 });
  download.readRate(3_000, true, 0, false);
  t.is(download.bytesPerSecond, 1_000);
  download.restartRate(60_000);
  download.countReceived(500, { nowMs: () => 60_000 });
  download.readRate(61_000, true, 0, false);
  t.is(download.bytesPerSecond, 500);
});

test("the time of blocks is their median, 0 before the first", (t) => {
  const download = new PeerDownload(peerPipeline);
  t.is(download.blockTimeMs, 0);
  for (const tookMs of [30, 10, 20]) download.addBlockTime(tookMs);
  t.is(download.blockTimeMs, 20);
});

test("a pause between questions for a peer can end early", (t) => {
  const download = new PeerDownload(peerPipeline);
  t.true(download.noLeaseUntilMs < 0);
  download.noLeaseUntilMs = 5_000;
  download.mayAskAgain();
  t.true(download.noLeaseUntilMs < 0);
});
