import test from "ava";
import { silentAfterMs, slowAfterMs } from "../../../src/engine/disk/disk-watch.ts";
import { tickMs } from "../../../src/engine/tick.ts";
import { diskOnCommand } from "../../support/disk-on-command.ts";
import { makeScene, putIn } from "../../support/engine-scene.ts";

/** A scene whose state folder's disk calls begin and return on command; its torrents have records there. */
function scene() {
  const made = makeScene();
  const addJob = () => {
    const job = made.addJob();
    job.request = { ...job.request, home: { kind: "database", path: "/state/state.db" } };
    return job;
  };
  const addStarting = () => {
    const job = addJob();
    putIn(job, "starting");
    return job;
  };
  return { ...made, ...diskOnCommand(made, made.engine.records.watch), addJob, addStarting };
}

test("a silent state folder stops no running torrent, and one warning is emitted", (t) => {
  const { addJob, beginCall, pass, codes, engine } = scene();
  const job = addJob();
  beginCall();
  pass(slowAfterMs - tickMs);
  t.deepEqual(codes(), []);
  pass(silentAfterMs * 2);
  t.is(engine.records.watch.state, "silent");
  t.is(job.state, "active");
  t.is(engine.disks[0]?.watch.state, "answering", "pieces are begun as before");
  t.deepEqual(codes(), ["warning state-not-kept"]);
});

test("a torrent whose start waits for its record gets an error after half a minute, and starts when the record is read", (t) => {
  const { addStarting, beginCall, endCall, pass, codes } = scene();
  const job = addStarting();
  beginCall();
  pass(silentAfterMs + tickMs);
  t.is(job.fault?.code, "disk-not-answering");
  t.regex(job.fault?.message ?? "", /^cannot start without a record: the state folder .* 30 s$/);
  t.deepEqual(codes(), ["warning state-not-kept", "error disk-not-answering"]);
  endCall();
  pass(tickMs);
  t.like(job.life.run, { state: "stopping", next: "start" }, "it starts as soon as it is closed");
});

test("torrents with their record elsewhere get no warning about the state folder", (t) => {
  const { addStarting, beginCall, pass, codes } = scene();
  const job = addStarting();
  job.request = { ...job.request, home: { kind: "file", path: "/data/.troupe/record" } };
  beginCall();
  pass(silentAfterMs + tickMs);
  t.is(job.state, "starting");
  t.deepEqual(codes(), []);
});
