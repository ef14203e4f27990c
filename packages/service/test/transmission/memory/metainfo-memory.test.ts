import { TroupeError } from "@troupe/control";
import test from "ava";
import { MetainfoMemory } from "../../../src/transmission/memory/metainfo-memory.ts";
import { hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";
import { exampleMetainfo } from "../../support/transmission-details.ts";

const facts = { comment: "a comment", creator: "a program", createdSeconds: 1_600_000_000 };
const nothing = { comment: "", creator: "", createdSeconds: 0 };

test("a .torrent is asked for once, and again only if it had not come", async (t) => {
  const memory = new MetainfoMemory();
  const { calls } = new TransmissionService(numberedRows(1), { metainfo: exampleMetainfo() });
  const missing = new TroupeError("metadata-unknown", "the metadata has not come");
  const magnets = new TransmissionService(numberedRows(1), { metainfo: missing });
  t.deepEqual(await memory.of(magnets.calls, hashOf(1)), nothing);
  t.deepEqual(await memory.of(calls, hashOf(1)), facts);
  t.deepEqual(await memory.of(calls, hashOf(1)), facts);
  t.deepEqual(memory.known(hashOf(1)), facts);
  t.deepEqual(calls.asked, ["metainfo 1"]);
});

test("a .torrent that is not read has no facts", async (t) => {
  const { calls } = new TransmissionService(numberedRows(1), { metainfo: "ZGU=" });
  t.deepEqual(await new MetainfoMemory().of(calls, hashOf(1)), nothing);
});

test("an engine that does not answer ends the filling of a list without an error", async (t) => {
  const lost = new TroupeError("engine-restarting", "the engine restarts");
  const broken = new TransmissionService(numberedRows(3), { metainfo: lost });
  const memory = new MetainfoMemory();
  memory.fill(broken.calls, [1, 2, 3].map(hashOf));
  await new Promise(setImmediate);
  t.true(broken.calls.asked.length > 0);
  const { calls } = new TransmissionService(numberedRows(3), { metainfo: exampleMetainfo() });
  memory.fill(calls, [1, 2, 3].map(hashOf));
  await new Promise(setImmediate);
  t.deepEqual(calls.asked, ["metainfo 1", "metainfo 2", "metainfo 3"]);
  t.deepEqual(memory.known(hashOf(3)), facts);
});
