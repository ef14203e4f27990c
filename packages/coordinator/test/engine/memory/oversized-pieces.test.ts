import test from "ava";
import type { FileProtocol, LeaseId, TorrentId } from "@troupe/messages";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import { OversizedPieces } from "../../../src/engine/memory/oversized-pieces.ts";
import { Slabs } from "../../../src/engine/base/slabs.ts";
import { piece } from "../../support/diagrams.ts";
import { leaseNumber } from "../../support/engine-scene.ts";

const [first, second] = [leaseNumber(1), leaseNumber(2)];

const holder = (lease: LeaseId) => ({
  torrent: 1 as TorrentId,
  piece: piece(0),
  lease,
  worker: 0,
});

function scene() {
  const slabs = new Slabs([new RecordingRef<FileProtocol>("file-0")]);
  const freed = { times: 0 };
  const big = new OversizedPieces(() => void freed.times++);
  return { slabs, big, freed, take: () => big.take(slabs, holder(first), 100_000) };
}

test("a large piece gets a slab of its length, in whole blocks", (t) => {
  const { big, take } = scene();
  const slab = take();
  t.is(slab.memory.byteLength, 7 * 16_384);
  t.true(big.isTaken);
  t.is(big.slabOf(first), slab);
  t.is(big.slabOf(second), undefined);
});

test("a second oversized piece before the end of the first is a bug", (t) => {
  const { slabs, big, take } = scene();
  take();
  t.throws(() => big.take(slabs, holder(second), 1), { message: /^bug: / });
});

test("the slab is closed when its lease ends", (t) => {
  const { slabs, big, freed, take } = scene();
  const slab = take();
  big.release(slabs, second);
  t.true(big.isTaken, "another lease has ended");
  t.is(freed.times, 0);
  big.release(slabs, first);
  t.is(freed.times, 1);
  t.false(big.isTaken);
  t.is(slabs.get(slab.id), undefined);
});

test("the end of a piece in other memory does not close the slab", (t) => {
  const { slabs, big, take } = scene();
  const slab = take();
  big.releaseIf(slabs, slabs.open(16_384));
  t.true(big.isTaken);
  big.releaseIf(slabs, slab);
  t.false(big.isTaken);
});

test("the slab of a crashed worker is closed unless another worker holds the lease", (t) => {
  const { slabs, big, take } = scene();
  take();
  big.releaseUnless(slabs, (lease) => lease === first);
  t.true(big.isTaken);
  big.releaseUnless(slabs, () => false);
  t.false(big.isTaken);
});

test("a sealed piece keeps its slab when its worker crashes", (t) => {
  const { slabs, big, take } = scene();
  const slab = take();
  slabs.retain(slab);
  big.releaseUnless(slabs, () => false);
  t.true(big.isTaken);
  t.is(slabs.get(slab.id), slab);
});
