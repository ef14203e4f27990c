import test from "ava";
import { Bucket } from "../../src/routing/bucket.ts";
import {
  compareTrust,
  pingAfterMs,
  trustMs,
  type NodeEntry,
} from "../../src/routing/node-entry.ts";
import { entryOf, hostOf, idOf, localNode, nodeAt } from "../support/nodes.ts";

const capacity = 8;

/** A node whose id fits its address; it answered at `answeredMs`. */
function entry(number: number, answeredMs = 0): NodeEntry {
  return entryOf(localNode(idOf(number.toString(16).padStart(2, "0")), number), answeredMs);
}

/** A node whose id does not fit its address. */
function insecureEntry(number: number): NodeEntry {
  return entryOf(nodeAt(idOf(number.toString(16).padStart(2, "0")), hostOf(number)));
}

function fullBucket(nowMs = 0, make = entry): { bucket: Bucket; dropped: NodeEntry[] } {
  const dropped: NodeEntry[] = [];
  const bucket = new Bucket(nowMs, (node) => dropped.push(node));
  for (let number = 0; number < capacity; number++) {
    const node = make(number);
    node.lastAnswerMs = nowMs;
    bucket.add(node, capacity, nowMs);
  }
  return { bucket, dropped };
}

test("EX13: a bucket takes nodes up to its capacity, then candidates, and no node twice", (t) => {
  const { bucket } = fullBucket();
  t.is(bucket.nodes.length, capacity);
  t.is(bucket.add(entry(8), capacity, 1), "candidate");
  t.is(bucket.nodes.length, capacity);
  t.deepEqual(
    bucket.candidates.map(({ id }) => id[0]),
    [8],
  );
});

test("EX13: a promoted candidate leaves the candidates", (t) => {
  const { bucket } = fullBucket();
  bucket.add(entry(8, 1), capacity, 1);
  bucket.add(entry(9, 2), capacity, 2);
  const [first] = bucket.nodes;
  if (first === undefined) return t.fail();
  bucket.remove(first, 3);
  t.deepEqual(
    bucket.nodes.map(({ id }) => id[0]),
    [1, 2, 3, 4, 5, 6, 7, 9],
    "the latest answer",
  );
  t.deepEqual(
    bucket.candidates.map(({ id }) => id[0]),
    [8],
  );
});

test("EX13: without candidates a removed node leaves a free place", (t) => {
  const { bucket } = fullBucket();
  const [first] = bucket.nodes;
  if (first === undefined) return t.fail();
  bucket.remove(first, 1);
  t.is(bucket.nodes.length, capacity - 1);
  t.is(bucket.add(entry(8), capacity, 2), "node");
});

test("EX13: the most questionable node is the one that failed most, then the one that answered longest ago", (t) => {
  const { bucket } = fullBucket(1_000);
  t.deepEqual(bucket.nodesToPing(1_000), [], "all nodes have just answered");
  const [, second, third] = bucket.nodes;
  if (second === undefined || third === undefined) return t.fail();
  second.lastAnswerMs = 0;
  t.deepEqual(bucket.nodesToPing(pingAfterMs - 1), []);
  t.deepEqual(bucket.nodesToPing(pingAfterMs), [second]);
  third.failures = 1;
  t.deepEqual(bucket.nodesToPing(pingAfterMs).toSorted(compareTrust), [third, second]);
});

test("EX13: a node that failed is pinged every 30 s at most", (t) => {
  const { bucket } = fullBucket();
  const [first] = bucket.nodes;
  if (first === undefined) return t.fail();
  first.failures = 1;
  first.lastPingMs = 10_000;
  t.deepEqual(bucket.nodesToPing(39_999), []);
  t.deepEqual(bucket.nodesToPing(40_000), [first]);
});

test("EX13: a bucket is fresh for 15 min after a change", (t) => {
  const { bucket } = fullBucket(1_000);
  t.true(bucket.isFresh(1_000 + trustMs - 1));
  t.false(bucket.isFresh(1_000 + trustMs));
  const [first] = bucket.nodes;
  if (first === undefined) return t.fail();
  bucket.add(entry(9), capacity, 500_000);
  t.false(bucket.isFresh(1_000 + trustMs), "a candidate is no change");
  bucket.remove(first, 600_000);
  t.true(bucket.isFresh(600_000 + trustMs - 1), "its promotion is");
});

test("eight candidates wait; a ninth replaces the one that answered longest ago", (t) => {
  const { bucket, dropped } = fullBucket();
  for (let number = 10; number < 19; number++) {
    t.is(bucket.add(entry(number, number), capacity, number), "candidate");
  }
  t.is(bucket.candidates.length, 8);
  t.deepEqual(
    dropped.map(({ id }) => id[0]),
    [10],
  );
});

test("a node whose id fits its address replaces one whose id does not, which becomes a candidate", (t) => {
  const { bucket } = fullBucket(0, insecureEntry);
  t.is(bucket.add(entry(20), capacity, 1), "node");
  t.is(bucket.nodes.length, capacity);
  t.is(bucket.nodes.filter(({ isSecure }) => isSecure).length, 1);
  t.is(bucket.candidates.length, 1);
  t.is(bucket.add(insecureEntry(21), capacity, 2), "candidate");
  t.is(bucket.nodes.filter(({ isSecure }) => isSecure).length, 1);
});

test("a replaced node is dropped when all candidates are better", (t) => {
  const { bucket, dropped } = fullBucket(0, insecureEntry);
  for (let number = 10; number < 18; number++) bucket.candidates.push(entry(number));
  bucket.add(entry(20), capacity, 1);
  t.is(bucket.nodes.length + bucket.candidates.length, 16);
  t.deepEqual(
    dropped.map(({ isSecure }) => isSecure),
    [false],
  );
});

test("a node whose id does not fit never replaces a candidate whose id fits", (t) => {
  const { bucket } = fullBucket();
  for (let number = 10; number < 18; number++) bucket.add(entry(number), capacity, 1);
  t.is(bucket.add(insecureEntry(30), capacity, 2), "refused");
  t.is(bucket.candidates.length, 8);
});

test("a full bucket has use for a stranger while a candidate is missing or a node is questionable", (t) => {
  const { bucket } = fullBucket();
  t.true(bucket.hasUseFor(true, 1));
  for (let number = 10; number < 18; number++) bucket.add(entry(number), capacity, 1);
  t.false(bucket.hasUseFor(true, 1));
  t.true(bucket.hasUseFor(false, trustMs));
});
