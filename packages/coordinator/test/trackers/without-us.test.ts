import test from "ava";
import { withoutUs } from "../../src/trackers/without-us.ts";

const us = { host: "127.0.0.1", port: 6_881 };
const other = { host: "127.0.0.1", port: 7_000 };
const isOwn = (_host: string, port: number): boolean => port === us.port;
const counts = { intervalSeconds: 60, complete: 1, incomplete: 1 };

test("a tracker that names us names one peer less, and its counts stay", (t) => {
  const reply = { ...counts, peers: [us, other] };
  t.deepEqual(withoutUs(reply, { isOwn }), { ...counts, peers: [other] });
});

test("the reply of a tracker that does not name us stays", (t) => {
  const reply = { ...counts, peers: [other] };
  t.is(withoutUs(reply, { isOwn }), reply);
});
