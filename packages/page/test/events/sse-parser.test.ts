import test from "ava";
import fc from "fast-check";
import { EventParser } from "../../src/events/sse-parser.ts";

const stream =
  'retry: 1000\n\n:\n\nid: a-1-2\nevent: reset\ndata: {"version":2}\n\nid: a-1-3\nevent: rows\ndata: {"name":"ä\\n"}\n\n';
const events = [
  { id: "a-1-2", kind: "reset", data: '{"version":2}' },
  { id: "a-1-3", kind: "rows", data: '{"name":"ä\\n"}' },
];

test("G12 events come from pieces of any length, without comments and other lines", (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length)), (places) => {
      const cuts = [0, ...places.toSorted((one, other) => one - other), stream.length];
      const parser = new EventParser();
      const got = cuts
        .slice(1)
        .flatMap((end, index) => parser.push(stream.slice(cuts[index], end)));
      t.deepEqual(got, events);
    }),
  );
  t.pass();
});

test("G12 an event that has no end is refused", (t) => {
  t.throws(() => new EventParser().push("data: " + "a".repeat(300_000)), { message: /too long/ });
});
