import test from "ava";
import { decodeCompact4, decodeCompact6, type AnnounceReply } from "@troupe/protocol/tracker";
import { TierResults } from "../../src/trackers/tier-results.ts";
import { at } from "../support/engine-scene.ts";

const [a, b, c] = ["http://a/", "http://b/", "http://c/"];
const four = { host: "203.0.113.1", port: 1 };
const six = { host: "2001:db8::1", port: 2 };
const reply = (more: Partial<AnnounceReply> = {}): AnnounceReply => ({
  intervalSeconds: 1_800,
  peers: [four, six],
  ...more,
});

function scene() {
  const results = new TierResults([[a, b], [c]]);
  const first = () => at(results.results, 0);
  const hosts = () => ({
    peers: decodeCompact4(first().peers),
    peers6: decodeCompact6(first().peers6),
  });
  return { results, first, hosts };
}

test("a tier has the counts and addresses of its last reply, and other tiers have their own", (t) => {
  const { results, first, hosts } = scene();
  results.answered(a, reply({ complete: 5, incomplete: 6 }));
  t.like(first(), { complete: 5, incomplete: 6, failures: 0 });
  t.deepEqual(hosts(), { peers: [four], peers6: [six] });
  results.answered(b, reply({ complete: 7, peers: [six] }), "203.0.113.9");
  t.like(first(), { complete: 7, incomplete: 0 });
  t.deepEqual(hosts(), { peers: [], peers6: [six] });
  t.like(at(results.results, 1), { complete: 0, failures: 0, peers: new Uint8Array(0) });
});

test("a reply over one family keeps the addresses of the other", (t) => {
  const { results, hosts } = scene();
  results.answered(a, reply({ peers: [four] }), "203.0.113.9");
  results.answered(a, reply({ peers: [six] }), "2001:db8::9");
  t.deepEqual(hosts(), { peers: [four], peers6: [six] });
  results.answered(a, reply({ peers: [] }), "2001:db8::9");
  t.deepEqual(hosts(), { peers: [four], peers6: [] });
});

test("the failures of a tier are those in a row, of all its trackers", (t) => {
  const { results, first } = scene();
  results.failed(a);
  results.failed(b);
  t.is(first().failures, 2);
  results.failed(c);
  t.is(first().failures, 2);
  results.answered(b, reply());
  t.is(first().failures, 0);
  results.failed(a);
  t.is(first().failures, 1);
  t.is(first().peers.length, 6, "a failure keeps what the last reply named");
});

test("of a reply 200 addresses of each family are kept", (t) => {
  const { results, first } = scene();
  const peers = Array.from({ length: 300 }, (_, i) => [
    { ...four, port: i + 1 },
    { ...six, port: i + 1 },
  ]);
  results.answered(a, reply({ peers: peers.flat() }));
  t.is(first().peers.length, 200 * 6);
  t.is(first().peers6.length, 200 * 18);
});
