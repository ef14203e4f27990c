import test from "ava";
import { breadcrumbWords } from "@troupe/actor-runtime";
import { recordWorkerCrash } from "../../src/engine/quarantine.ts";
import { piece } from "../support/diagrams.ts";
import { makeScene } from "../support/engine-scene.ts";

/** A verified piece on its way to the disk, and threads that die twice while handling its torrent. */
function scene(role: string) {
  const made = makeScene();
  const job = made.addJob();
  const slab = made.peerWorker(0).slab;
  if (slab === undefined) throw new Error("no slab");
  job.content.ledger.toWriting(piece(1));
  made.engine.memory.slabs.retain(slab);
  const write = { piece: piece(1), slab: slab.id, offset: 0, lengthBytes: 32_768 };
  const report = { tookMs: 0, contributors: [] };
  job.disk.pendingWrites.write({ torrent: job.id, ...write, ...report });
  const breadcrumb = new Int32Array(breadcrumbWords);
  breadcrumb.set([1, job.id]);
  for (const error of [new Error("first"), new Error("second")]) {
    recordWorkerCrash(made.engine, role, { error, breadcrumb });
  }
  return { ...made, job, slab };
}

test("a piece that crashed two file-workers is not written by the third", (t) => {
  const { job, slab } = scene("file");
  t.is(job.fault?.code, "quarantined");
  t.is(job.disk.pendingWrites.size, 0);
  t.is(slab.inUse, 0);
});

test("two crashes of a peer-worker leave a piece that is being written in its memory until the write ends", (t) => {
  const { job, slab, ref } = scene("peer");
  t.is(job.fault?.code, "quarantined");
  t.is(job.disk.pendingWrites.size, 1);
  t.is(slab.inUse, 1);
  t.deepEqual(ref(0).casts("piece-failed"), []);
});
