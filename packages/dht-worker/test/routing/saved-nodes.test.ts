import test from "ava";
import type { SavedDhtNode } from "@troupe/messages";
import { mergeSavedNodes, savedNodesOf } from "../../src/routing/saved-nodes.ts";
import { entryOf, hostOf, idOf, localNode } from "../support/nodes.ts";

function saved(host: string, lastAnswerMs: number, start = "1"): SavedDhtNode {
  return { id: idOf(start), host, port: 6_881, lastAnswerMs };
}

test("entries are saved with the time of their last answer since 1970", (t) => {
  const entry = entryOf(localNode(idOf("8"), 1), 5_000);
  t.deepEqual(savedNodesOf([entry], { nowMs: 7_000, epochMs: 1_000_000 }), [
    { id: new Uint8Array(idOf("8")), host: "10.0.0.1", port: 6_881, lastAnswerMs: 998_000 },
  ]);
});

test("of an address that two lists name, the latest answer counts", (t) => {
  const merged = mergeSavedNodes(
    [[saved(hostOf(1), 10, "1"), saved(hostOf(2), 30)], [saved(hostOf(1), 20, "2")]],
    100,
  );
  t.deepEqual(merged, [saved(hostOf(2), 30), saved(hostOf(1), 20, "2")]);
});

test("the 200 nodes of each family that answered last are kept", (t) => {
  const four = Array.from({ length: 250 }, (_, n) => saved(hostOf(n), n));
  const six = Array.from({ length: 250 }, (_, n) => saved(`2001:db8::${n}`, n));
  const merged = mergeSavedNodes([four, six], 1_000);
  t.is(merged.length, 400);
  t.true(merged.every(({ lastAnswerMs }) => lastAnswerMs >= 50));
});

test("a node from a clock that was set back stays among the best no longer than others", (t) => {
  const merged = mergeSavedNodes([[saved(hostOf(1), 9_000)], [saved(hostOf(1), 90, "2")]], 100);
  t.deepEqual(merged, [saved(hostOf(1), 100)]);
  t.deepEqual(mergeSavedNodes([merged, [saved(hostOf(2), 150)]], 200)[0], saved(hostOf(2), 150));
});
