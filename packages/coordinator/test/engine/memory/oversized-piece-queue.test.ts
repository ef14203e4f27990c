import test from "ava";
import { OversizedPieceQueue } from "../../../src/engine/memory/oversized-piece-queue.ts";
import { leaseNumber, makeScene } from "../../support/engine-scene.ts";

function scene() {
  const { addJob, peerWorker } = makeScene({ workers: 2 });
  const [one, two] = [addJob(), addJob()];
  const queue = new OversizedPieceQueue();
  const question = (job: typeof one, worker: number) => ({
    job,
    peerWorker: peerWorker(worker),
    wanted: [],
  });
  return { queue, one, two, question };
}

test("the oldest request for an oversized piece is served first, and a repeated request counts once", (t) => {
  const { queue, one, two, question } = scene();
  queue.add(question(one, 0));
  queue.add(question(two, 0));
  queue.add(question(one, 0));
  t.is(queue.first?.job, one);
  t.is(queue.shift()?.job, one);
  t.is(queue.shift()?.job, two);
  t.is(queue.shift(), undefined);
});

test("the holder does not count among the waiting workers", (t) => {
  const { queue, one, two, question } = scene();
  t.false(queue.hasOthers(one.id, 0));
  queue.add(question(one, 0));
  t.false(queue.hasOthers(one.id, 0));
  t.true(queue.hasOthers(one.id, 1));
  t.true(queue.hasOthers(two.id, 0));
});

test("requests of a crashed worker, and for a closed torrent, are forgotten", (t) => {
  const { queue, one, two, question } = scene();
  for (const worker of [0, 1]) {
    queue.add(question(one, worker));
    queue.add(question(two, worker));
  }
  queue.forgetWorker(0);
  queue.forgetTorrent(one.id);
  t.like(queue.shift(), { job: two, peerWorker: { index: 1 } });
  t.is(queue.shift(), undefined);
});

test("a holder without a byte for a minute stalls, and is reported once a minute", (t) => {
  const { queue } = scene();
  const at = (second: number, bytes: number, lease = 1) =>
    queue.checkStandstill(leaseNumber(lease), bytes, second * 1000);
  t.false(at(0, 0));
  t.false(at(59, 0));
  t.true(at(60, 0));
  t.false(at(61, 0));
  t.false(at(120, 100), "it got something");
  t.false(at(179, 100));
  t.false(at(200, 100, 2), "another lease");
  t.true(at(260, 100, 2));
});
