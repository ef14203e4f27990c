import test from "ava";
import { jsonEvents } from "../../src/output/json-events.ts";
import { jsonLine } from "../../src/output/json-line.ts";

test("a line has its event, its torrent and the fields of its event", (t) => {
  const fields = { done: 1, total: 2 };
  t.deepEqual(jsonLine("checking", "ab", fields), { event: "checking", infoHash: "ab", fields });
  t.deepEqual(jsonLine("stopped", null, {}), { event: "stopped", infoHash: null, fields: {} });
});

test("the fields of an event have no question marks, whether lines may lack them or not", (t) => {
  t.deepEqual(jsonEvents.worker.written, ["name", "state", "restarts", "error?", "role?"]);
  t.deepEqual(jsonEvents.worker.fields, ["name", "state", "restarts", "error", "role"]);
});

test("an event or a field that the table lacks does not compile, nor does a missing field", (t) => {
  // Each comment fails the check of types if the line below it compiles.
  // @ts-expect-error The table has no such event.
  jsonLine("finished", null, {});
  // @ts-expect-error The field `total` is missing.
  jsonLine("checking", "ab", { done: 1 });
  // @ts-expect-error The field `total` has no value.
  jsonLine("checking", "ab", { done: 1, total: undefined });
  // @ts-expect-error The event has no field `left`.
  jsonLine("checking", "ab", { done: 1, total: 2, left: 1 });
  const more = { done: 1, total: 2, left: 1 };
  // @ts-expect-error The event has no field `left`, also of a value that was not written here.
  jsonLine("checking", "ab", more);
  // @ts-expect-error The event has no field `left`, also of a value that is spread.
  jsonLine("checking", "ab", { ...more, role: "seeder" });
  t.pass();
});
