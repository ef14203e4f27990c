import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { bitsOf } from "@troupe/protocol/testing";
import { silentAfterMs, slowAfterMs } from "../../../src/engine/disk/disk-watch.ts";
import { tickMs } from "../../../src/engine/tick.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { diskOnCommand } from "../../support/disk-on-command.ts";
import {
  leaseAnswers,
  makeScene,
  setCheckPool,
  showPeer,
  rowIndex,
  putIn,
} from "../../support/engine-scene.ts";

/** A scene with one torrent that runs and a disk whose calls begin and return on command. */
function scene() {
  const made = makeScene();
  const job = made.addJob();
  made.file.answer = (name) => (name === "open-storage" ? { foundBytes: 0 } : {});
  setCheckPool(made.engine, { checkPieces: () => Promise.resolve(bitsOf("....")) });
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  return {
    ...made,
    job,
    ...diskOnCommand(made, job.disk.watch),
    askForPiece() {
      piecesWanted(made.engine, job, made.peerWorker(0), {
        peers: [{ peer: rowIndex(0), count: 1 }],
      });
      return leaseAnswers(made.ref(0)).at(-1);
    },
  };
}

test("F8: after two seconds in a disk call no piece is begun, and one warning is emitted", (t) => {
  const { beginCall, endCall, pass, askForPiece, codes } = scene();
  beginCall();
  pass(slowAfterMs);
  t.is(askForPiece()?.pieces.length, 1);
  pass(3_000);
  const answer = askForPiece();
  t.deepEqual([answer?.pieces, answer?.nothingFor], [[], []]);
  t.deepEqual(codes(), ["warning disk-slow"]);
  endCall();
  pass(tickMs);
  t.is(askForPiece()?.pieces.length, 1);
});

test("F8: after half a minute in a disk call its torrents get an error, and continue when the call returns", async (t) => {
  const { job, beginCall, endCall, pass, codes } = scene();
  beginCall();
  pass(silentAfterMs + tickMs);
  t.is(job.state, "error");
  t.is(job.fault?.code, "disk-not-answering");
  t.regex(job.fault?.message ?? "", /^cannot read or write "\/downloads": .* for 30 s$/);
  t.deepEqual(codes(), ["warning disk-slow", "error disk-not-answering"]);
  endCall();
  pass(tickMs);
  t.is(job.disk.watch.state, "answering");
  await settle();
  t.deepEqual([job.state, job.fault], ["active", undefined]);
});

test("a paused torrent is paused again when its disk returns", async (t) => {
  const { job, beginCall, endCall, pass } = scene();
  job.life.pause();
  beginCall();
  pass(silentAfterMs + tickMs);
  t.is(job.state, "error");
  endCall();
  pass(tickMs);
  await settle();
  t.is(job.state, "paused");
});

test("a torrent that starts while the disk is silent gets the error at once", (t) => {
  const { addJob, beginCall, pass } = scene();
  beginCall();
  pass(silentAfterMs + tickMs);
  const late = addJob();
  putIn(late, "starting");
  pass(tickMs);
  t.is(late.fault?.code, "disk-not-answering");
});

test("a torrent with another error is left alone when the disk returns", (t) => {
  const { job, beginCall, endCall, pass } = scene();
  beginCall();
  pass(silentAfterMs);
  putIn(job, "error", { code: "no-space", message: "full" });
  pass(tickMs);
  endCall();
  pass(tickMs);
  t.is(job.state, "error");
});

test("many short calls are a busy disk, not a slow one", (t) => {
  const { beginCall, endCall, pass, job } = scene();
  for (let call = 0; call < 200; call++) {
    beginCall();
    pass(tickMs);
    endCall();
  }
  t.is(job.disk.watch.state, "answering");
});

test("a disk that hangs is the error of the torrents of its device alone", async (t) => {
  const { engine, job, beginCall, endCall, pass, addJob, codes } = scene();
  const other = addJob();
  other.disk = engine.disks[1] ?? other.disk;
  other.disk.isWanted = true;
  beginCall();
  pass(silentAfterMs + tickMs);
  t.deepEqual([job.state, other.state], ["error", "active"]);
  t.deepEqual(codes(), ["warning disk-slow", "error disk-not-answering"]);
  endCall();
  pass(tickMs);
  await settle();
  t.deepEqual([job.state, other.state], ["active", "active"]);
});

test("a torrent begins pieces while another device is slow", (t) => {
  const { engine, job, beginCall, pass, addJob, peerWorker, ref } = scene();
  const other = addJob();
  other.disk = engine.disks[1] ?? other.disk;
  showPeer(other, { worker: 0, rowIndex: 0 }, "####");
  beginCall();
  pass(slowAfterMs + 1_000);
  const begun = (of: typeof job) => {
    piecesWanted(engine, of, peerWorker(0), { peers: [{ peer: rowIndex(0), count: 1 }] });
    return leaseAnswers(ref(0)).at(-1)?.pieces.length;
  };
  t.deepEqual([begun(job), begun(other)], [0, 1]);
});
