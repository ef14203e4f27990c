import test from "ava";
import { withoutUs } from "../../src/trackers/without-us.ts";

const [us, other] = [
  { host: "127.0.0.1", port: 6_881 },
  { host: "127.0.0.1", port: 7_000 },
];
const isOwn = (_host: string, port: number): boolean => port === us.port;
const counts = { intervalSeconds: 60, complete: 1, incomplete: 1 };

test("a tracker that names us counts one peer too many, of our own kind", (t) => {
  const reply = { ...counts, peers: [us, other] };
  const named = (isSeed: boolean) => withoutUs(reply, { isOwn, isSeed: () => isSeed });
  t.deepEqual(named(false), { ...counts, peers: [other], incomplete: 0 });
  t.deepEqual(named(true), { ...counts, peers: [other], complete: 0 });
});

test("the counts of a tracker that does not name us stay", (t) => {
  const reply = { ...counts, peers: [other] };
  t.is(withoutUs(reply, { isOwn, isSeed: () => false }), reply);
});
