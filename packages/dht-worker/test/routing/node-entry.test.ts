import test from "ava";
import { encodeNodes } from "@troupe/protocol/dht";
import {
  compareTrust,
  isPingDue,
  isTrusty,
  makeNodeEntry,
  pingAfterMs,
  trustMs,
} from "../../src/routing/node-entry.ts";
import { entryOf, hostOf, idOf, localNode, nodeAt, secureNode } from "../support/nodes.ts";

test("EX13: a node is trusty for 15 min after an answer, unless its last query failed", (t) => {
  const node = entryOf(localNode(idOf("1"), 1), 1_000);
  t.true(isTrusty(node, 1_000 + trustMs - 1));
  t.false(isTrusty(node, 1_000 + trustMs));
  node.failures = 1;
  t.false(isTrusty(node, 1_000));
});

test("a node is pinged 5 min after its last answer, and at once when it failed", (t) => {
  const node = entryOf(localNode(idOf("1"), 1), 1_000);
  t.false(isPingDue(node, 1_000 + pingAfterMs - 1));
  t.true(isPingDue(node, 1_000 + pingAfterMs));
  node.failures = 1;
  t.true(isPingDue(node, 1_000));
});

test("EX13: a node that failed is more questionable than one that answered long ago", (t) => {
  const failed = entryOf(localNode(idOf("1"), 1), 1_000);
  failed.failures = 1;
  const old = entryOf(localNode(idOf("2"), 2), 0);
  t.true(compareTrust(failed, old) < 0);
  t.true(compareTrust(old, entryOf(localNode(idOf("3"), 3), 500)) < 0);
});

test("an entry has its wire image, and memory of its own", (t) => {
  const node = secureNode(5);
  const entry = entryOf(node);
  t.deepEqual(entry.compact, encodeNodes([node], 4));
  node.id.fill(0);
  t.deepEqual(entry.id, entry.compact.subarray(0, 20));
  t.notDeepEqual([...entry.id], [...node.id]);
});

test("an id that does not fit its address is known; local addresses fit any id", (t) => {
  t.true(entryOf(secureNode(5)).isSecure);
  t.false(entryOf(nodeAt(idOf("1"), hostOf(5))).isSecure);
  t.true(entryOf(localNode(idOf("1"), 5)).isSecure);
});

test("an entry is of its family", (t) => {
  const rules = { family: 6, hasSybilRules: true } as const;
  t.is(makeNodeEntry(localNode(idOf("1"), 1), rules, 0), undefined);
  t.is(makeNodeEntry(nodeAt(idOf("1"), "fd00::1"), rules, 0)?.compact.length, 38);
});
