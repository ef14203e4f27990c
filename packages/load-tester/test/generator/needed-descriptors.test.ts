import test from "ava";
import { checkDescriptors } from "../../src/generator/needed-descriptors.ts";
import { withGroup } from "../support/scenarios.ts";

const whole = { first: 0, count: 1, of: 1 };
const leechers = withGroup("{ behaviour: leecher, target: client, count: 1000, take: 1 }");

test("a process that may not open enough sockets is refused before any load", (t) => {
  t.notThrows(() => checkDescriptors(leechers, whole, { limit: 1_120, open: 20 }));
  const error = t.throws(() => checkDescriptors(leechers, whole, { limit: 1_119, open: 20 }));
  t.is((error as Error & { code?: string }).code, "too-few-descriptors");
  t.regex(error.message, /1000 sockets.*ulimit -n 1120/);
});

test("an agent needs sockets for its own shares alone", (t) => {
  const half = { first: 2, count: 2, of: 4 };
  t.notThrows(() => checkDescriptors(leechers, half, { limit: 620, open: 20 }));
});

test("clients of a tracker need no socket each", (t) => {
  const clients = withGroup(
    "{ behaviour: tracker, target: tracker, count: 10000, load: { rate: 10/s } }",
  );
  t.notThrows(() => checkDescriptors(clients, whole, { limit: 200, open: 20 }));
});
