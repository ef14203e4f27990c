import test from "ava";
import fc from "fast-check";
import {
  commonPrefixBits,
  compareDistance,
  isSecureNodeId,
  nodeIdHex,
  type NodeId,
} from "@troupe/protocol/dht";
import { trustMs, type AnsweringNode } from "../../src/routing/node-entry.ts";
import { RoutingTable } from "../../src/routing/routing-table.ts";
import { subnetOf } from "../../src/routing/subnet.ts";
import {
  hostOf,
  idOf,
  localNode,
  nodeAt,
  randomId,
  secureNode,
  seededBytes,
} from "../support/nodes.ts";

const ownId = idOf("");

function makeTable(id: NodeId = ownId, hasSybilRules = true): RoutingTable {
  return new RoutingTable({ family: 4, id, hasSybilRules });
}

/** Local nodes with these first digits of their ids answer, all at 0 ms. */
function tableOf(starts: readonly string[]): RoutingTable {
  const table = makeTable();
  for (const [number, start] of starts.entries())
    table.answered(localNode(idOf(start, "7"), number), 0);
  return table;
}

function shape(table: RoutingTable): number[] {
  return table.buckets.map(({ nodes }) => nodes.length);
}

/** Ids that share `bits` bits with our own, which is zero. */
function starts(bits: number, count: number): string[] {
  const first = 1n << BigInt(159 - bits);
  return Array.from({ length: count }, (_, n) =>
    (first + (BigInt(n) << 20n)).toString(16).padStart(40, "0"),
  );
}

/** Six buckets, the fifth with `count` nodes and candidates. */
function deepTable(count: number): RoutingTable {
  const counts = [8, 8, 8, 8, count, 1];
  return tableOf(counts.flatMap((ofBucket, bits) => starts(bits, ofBucket)));
}

test("EX14: the last bucket splits when a ninth node belongs to its other half", (t) => {
  t.deepEqual(shape(tableOf(starts(0, 8))), [8]);
  t.deepEqual(shape(tableOf([...starts(0, 8), ...starts(1, 1)])), [8, 1]);
  t.deepEqual(shape(tableOf([...starts(0, 8), ...starts(1, 8), ...starts(2, 1)])), [8, 8, 1]);
  t.deepEqual(shape(tableOf([...starts(3, 8), ...starts(0, 1)])), [1, 8]);
});

test("EX14: the first four buckets take 128, 64, 32 and 16 nodes, the others 8", (t) => {
  const table = tableOf(Array.from({ length: 8 }, (_, bits) => starts(bits, 140)).flat());
  t.deepEqual(shape(table).slice(0, 6), [128, 64, 32, 16, 8, 8]);
  t.true(table.buckets.every(({ candidates }) => candidates.length <= 8));
});

test("EX14: a table is 40 buckets deep at most", (t) => {
  const table = tableOf(Array.from({ length: 120 }, (_, bits) => starts(bits, 9)).flat());
  t.is(table.depth, 40);
});

test("EX14: the nearest nodes come by the XOR of their whole ids, as in a plain sort", (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 400 }), fc.nat(40), (seed, count, share) => {
      const random = seededBytes(seed);
      const id = randomId(random);
      const table = makeTable(id);
      for (let n = 0; n < count; n++) {
        const other = randomId(random);
        // Some ids share their start with ours, so that the table gets deep.
        if (n % 3 === 0) other.set(id.subarray(0, (share * n) % 19));
        table.answered(localNode(other, n), 0);
      }
      const all = table.buckets.flatMap(({ nodes }) => nodes);
      const halfRandom = nearTo(id, share);
      halfRandom.set(random(10), 10);
      for (const target of [id, randomId(random), nearTo(id, share), halfRandom]) {
        const sorted = all.toSorted((a, b) => compareDistance(target, a.id, b.id));
        for (const most of [1, 8, 100]) {
          t.deepEqual(
            table.nearest(target, most).map(({ host }) => host),
            sorted.slice(0, most).map(({ host }) => host),
          );
        }
      }
    }),
    { numRuns: 40 },
  );
});

function nearTo(id: NodeId, bit: number): NodeId {
  const near = new Uint8Array(id) as NodeId;
  near[bit >> 3] = (near[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return near;
}

test("EX14: a search leaves out failed nodes, and on request local ones", (t) => {
  const table = makeTable();
  const local = localNode(idOf("1"), 1);
  const other = nodeAt(idOf("4"), hostOf(3));
  for (const node of [local, other]) table.answered(node, 0);
  t.is(table.nearest(ownId, 8).length, 2);
  t.deepEqual(
    table.nearest(ownId, 8, { internetOnly: true }).map(({ host }) => host),
    [other.host],
  );
  table.failed(other.host, other.port, 10_000);
  t.deepEqual(
    table.nearest(ownId, 8).map(({ host }) => host),
    [local.host],
  );
});

test("EX13: the most questionable node of a full bucket is pinged before a candidate gets its place", (t) => {
  const table = deepTable(8);
  const bucket = table.buckets[4];
  t.is(bucket?.nodes.length, 8);
  const newcomer = localNode(idOf("0c"), 999);
  t.is(table.answered(newcomer, trustMs), "candidate");
  const [pinged] = table.nodesToPing(1, trustMs);
  if (pinged === undefined) return t.fail();
  t.true(bucket?.nodes.includes(pinged), "still there");
  const { host, port } = pinged;
  table.failed(host, port, trustMs + 6_000);
  t.not(table.find(host, port), undefined, "one lost packet removes no node");
  table.failed(host, port, trustMs + 40_000);
  t.is(table.find(host, port), undefined);
  t.true(bucket?.nodes.some((node) => node.host === newcomer.host));
  t.is(bucket?.candidates.length, 0);
});

test("EX13: the answer of a candidate holds up no ping", (t) => {
  const table = deepTable(9);
  const [candidate] = table.buckets[4]?.candidates ?? [];
  if (candidate === undefined) return t.fail();
  table.answered({ ...candidate, roundTripMs: 20 }, trustMs);
  const hosts = (of: RoutingTable) => of.nodesToPing(8, trustMs).map(({ host }) => host);
  t.deepEqual(hosts(table), hosts(deepTable(9)));
});

test("an answer makes a node trusty again; failures of the same seconds count as one", (t) => {
  const table = tableOf(["8"]);
  const node = table.find("10.0.0.0", 6_881);
  if (node === undefined) return t.fail();
  table.failed(node.host, node.port, 10_000);
  table.failed(node.host, node.port, 10_000);
  table.failed(node.host, node.port, 15_999);
  t.is(node.failures, 1);
  table.answered(localNode(node.id, 0), 20_000);
  t.is(node.failures, 0);
  table.failed(node.host, node.port, 25_000);
  t.is(node.failures, 0, "a query of before the answer");
  table.failed("10.9.9.9", 1, 30_000);
  t.is(table.size, 1);
});

test("an address that answers with another id loses its old entry", (t) => {
  const table = makeTable();
  table.answered(nodeAt(idOf("8"), hostOf(1)), 0);
  t.is(table.answered(nodeAt(idOf("4"), hostOf(1)), 1), "node");
  t.deepEqual(
    [...table.entries()].map(({ id }) => nodeIdHex(id)),
    [nodeIdHex(idOf("4"))],
  );
});

test("an id keeps its address while its node is trusty", (t) => {
  const table = makeTable();
  table.answered(nodeAt(idOf("8"), hostOf(1)), 0);
  t.is(table.answered(nodeAt(idOf("8"), hostOf(2)), 1), "refused");
  t.is(table.answered(nodeAt(idOf("8"), hostOf(2)), trustMs), "node");
  t.is(table.size, 1);
});

test("a table has one node of an internet address, and any number of a local one", (t) => {
  const table = makeTable();
  t.is(table.answered(nodeAt(idOf("8"), hostOf(1), 1_000), 0), "node");
  t.is(table.answered(nodeAt(idOf("1"), hostOf(1), 1_001), 0), "refused");
  t.is(table.answered(nodeAt(idOf("1"), "127.0.0.1", 1_000), 0), "node");
  t.is(table.answered(nodeAt(idOf("2"), "127.0.0.1", 1_001), 0), "node");
  t.is(table.size, 3);
});

test("a bucket has one node of a /24, and the table one of each bucket", (t) => {
  const table = tableOf([...starts(0, 8), ...starts(1, 1)]);
  t.is(table.answered(nodeAt(idOf("f"), "64.1.2.3"), 0), "node");
  t.is(table.answered(nodeAt(idOf("e"), "64.1.2.4"), 0), "refused");
  t.is(table.answered(nodeAt(idOf("0f"), "64.1.2.5"), 0), "node");
});

test("a bucket has one node of an IPv6 /64", (t) => {
  const table = new RoutingTable({ family: 6, id: ownId, hasSybilRules: true });
  t.is(table.answered(nodeAt(idOf("f"), "2001:db8:0:1::1"), 0), "node");
  t.is(table.answered(nodeAt(idOf("e"), "2001:db8:0:1:ffff::1"), 0), "refused");
  t.is(table.answered(nodeAt(idOf("e"), "2001:db8:0:2::1"), 0), "node");
});

test("a node whose id fits its address takes the place of one of its subnet whose id does not", (t) => {
  const table = makeTable();
  const secure = secureNode(1);
  t.is(table.answered(nodeAt(idOf("8"), "64.0.1.9"), 0), "node");
  t.is(table.answered(secure, 1), "node");
  t.deepEqual(
    [...table.entries()].map(({ host }) => host),
    [secure.host],
  );
});

test("without the rules against Sybils addresses and ids do not matter", (t) => {
  const table = makeTable(ownId, false);
  for (const [n, start] of starts(0, 8).entries()) {
    t.is(table.answered(nodeAt(idOf(start), "64.1.2.3", 1_000 + n), 0), "node");
  }
  t.true([...table.entries()].every(({ isSecure }) => isSecure));
});

test("unreachable addresses and our own id get no entry", (t) => {
  const table = makeTable();
  for (const node of [
    nodeAt(idOf("8"), hostOf(1), 0),
    nodeAt(idOf("8"), "0.0.0.0"),
    nodeAt(idOf("8"), "224.0.0.1"),
    nodeAt(idOf("8"), "2001:db8::1"),
    nodeAt(idOf("8"), "router.example"),
    nodeAt(ownId, hostOf(1)),
  ]) {
    t.is(table.answered(node, 0), "refused");
    t.false(table.mayEnter(node, 0));
  }
  t.is(table.size + table.candidates, 0);
});

test("a stranger may enter while the table would have a place for it", (t) => {
  const table = tableOf([...starts(0, 8), ...starts(1, 9)]);
  t.false(table.mayEnter(localNode(idOf("8", "7"), 0), 0), "known");
  t.true(table.mayEnter(nodeAt(idOf("9"), hostOf(1)), 0));
  table.answered(nodeAt(idOf("9"), hostOf(1)), 0);
  t.false(table.mayEnter(nodeAt(idOf("9"), hostOf(2)), 0), "its id is taken");
  t.false(table.mayEnter(nodeAt(idOf("a"), "64.0.1.77"), 0), "its subnet is taken");
  t.true(table.mayEnter(nodeAt(idOf("a"), "64.0.1.77"), trustMs), "by a questionable node");
});

test("the nodes to ping are of buckets where a candidate waits, then of others, and are marked", (t) => {
  const table = deepTable(9);
  t.deepEqual(table.nodesToPing(8, 1_000), []);
  const bitsOf = (nodes: readonly AnsweringNode[]) =>
    nodes.map(({ id }) => commonPrefixBits(id, ownId));
  const first = table.nodesToPing(5, trustMs);
  t.deepEqual(bitsOf(first), [4, 4, 4, 4, 4]);
  const second = table.nodesToPing(5, trustMs);
  t.deepEqual(bitsOf(second).slice(0, 3), [4, 4, 4]);
  t.false(bitsOf(second).slice(3).includes(4));
  t.is(new Set([...first, ...second]).size, 10);
});

test("a new bucket, and each that is not fresh or not full, is refreshed once in 15 min, by an id of its range", (t) => {
  const table = tableOf([...starts(0, 8), ...starts(1, 8), ...starts(2, 1)]);
  const random = seededBytes(1);
  const rangesAt = (nowMs: number) =>
    [1, 2, 3]
      .map(() => table.refreshTarget(nowMs, random))
      .map((id) => (id === undefined ? -1 : Math.min(2, commonPrefixBits(id, ownId))))
      .toSorted();
  t.deepEqual(rangesAt(1_000), [0, 1, 2], "all are new");
  t.is(table.refreshTarget(2_000, random), undefined);
  t.deepEqual(rangesAt(1_000 + trustMs), [0, 1, 2], "none is fresh");
  t.is(table.refreshTarget(1_000 + trustMs, random), undefined);
  t.is(makeTable().refreshTarget(0, random), undefined, "an empty table has no node to ask");
});

test("the last bucket is refreshed in the half that it has no nodes of, so that it splits", (t) => {
  const random = seededBytes(2);
  const near = tableOf(starts(3, 8)).refreshTarget(1_000, random);
  t.is(near === undefined ? -1 : commonPrefixBits(near, ownId), 0);
  t.deepEqual(tableOf(starts(0, 8)).refreshTarget(1_000, random), ownId);
});

test("a change of our id keeps the nodes that have a place in the new buckets", (t) => {
  const table = tableOf([...starts(0, 9), ...starts(1, 8), ...starts(2, 3)]);
  const id = idOf("f");
  table.setId(id, 5);
  t.is(table.id, id);
  t.is(table.size, 20);
  for (const [index, { nodes }] of table.buckets.entries()) {
    const isLast = index === table.depth - 1;
    t.true(nodes.every((node) => commonPrefixBits(node.id, id) === index || isLast));
  }
});

test("forget removes a node, and its candidate takes the place", (t) => {
  const table = deepTable(10);
  const before = table.size;
  const node = table.buckets[4]?.nodes[0];
  if (node === undefined) return t.fail();
  table.forget(node.host, node.port, 1);
  t.is(table.find(node.host, node.port), undefined);
  t.is(table.size, before);
});

/** Every bound that must hold after any sequence of events. */
function brokenBounds(table: RoutingTable): string[] {
  const broken: string[] = [];
  const entries = [...table.entries()];
  const inBuckets = table.buckets.flatMap(({ nodes, candidates }) => [...nodes, ...candidates]);
  if (new Set(entries).size !== entries.length) broken.push("an entry twice");
  if (inBuckets.length !== entries.length) broken.push("entries and buckets differ");
  if (inBuckets.some((node) => !entries.includes(node))) broken.push("a node without an entry");
  const hosts = entries.filter(({ isLocal }) => !isLocal).map(({ host }) => host);
  if (new Set(hosts).size !== hosts.length) broken.push("an address twice");
  for (const [index, bucket] of table.buckets.entries()) {
    const all = [...bucket.nodes, ...bucket.candidates];
    const subnets = all.map(({ host }) => subnetOf(host)).filter((key) => key !== undefined);
    if (new Set(subnets).size !== subnets.length) broken.push("a subnet twice in a bucket");
    if (new Set(all.map(({ id }) => nodeIdHex(id))).size !== all.length) broken.push("an id twice");
    if (bucket.nodes.length > ([128, 64, 32, 16][index] ?? 8)) broken.push("too many nodes");
    if (bucket.candidates.length > 8) broken.push("too many candidates");
    const isLast = index === table.depth - 1;
    for (const { id } of all) {
      const bits = commonPrefixBits(id, table.id);
      if (bits !== index && !(isLast && bits > index)) broken.push("an id in the wrong bucket");
    }
  }
  return broken;
}

/** A node of few ids, hosts and ports, so that they meet. */
const anyNode = fc
  .record({
    id: fc.nat(255),
    bits: fc.nat(12),
    host: fc.nat(60),
    port: fc.nat(2),
    isLocal: fc.boolean(),
  })
  .map(({ id, bits, host, port, isLocal }): AnsweringNode => {
    const start = ((id | 0x100) << 3) >> 0;
    const bytes = (BigInt(start) << 148n) >> BigInt(bits);
    return nodeAt(
      idOf(bytes.toString(16).padStart(40, "0").slice(0, 40)),
      isLocal ? `10.0.0.${host}` : `64.0.${host >> 2}.${host & 3}`,
      6_000 + port,
    );
  });

test("one address, one subnet and the sizes hold after any sequence of answers, failures and new ids", (t) => {
  const event = fc.oneof(
    { weight: 8, arbitrary: anyNode.map((node) => ({ kind: "answered", node }) as const) },
    { weight: 3, arbitrary: anyNode.map((node) => ({ kind: "failed", node }) as const) },
    { weight: 1, arbitrary: anyNode.map((node) => ({ kind: "set-id", node }) as const) },
    { weight: 1, arbitrary: anyNode.map((node) => ({ kind: "forget", node }) as const) },
  );
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 50, maxLength: 300 }),
      fc.nat(600_000),
      (events, pace) => {
        const table = makeTable(idOf("00f"));
        let nowMs = 0;
        for (const { kind, node } of events) {
          nowMs += pace;
          if (kind === "answered") table.answered(node, nowMs);
          else if (kind === "failed") table.failed(node.host, node.port, nowMs);
          else if (kind === "forget") table.forget(node.host, node.port, nowMs);
          else table.setId(node.id, nowMs);
        }
        t.deepEqual(brokenBounds(table), []);
      },
    ),
    { numRuns: 60 },
  );
});

test("secure nodes fill a table that insecure nodes had filled", (t) => {
  const random = seededBytes(7);
  const table = makeTable(randomId(random));
  for (let n = 0; n < 600; n++) table.answered(nodeAt(randomId(random), hostOf(n)), 0);
  for (let n = 1_000; n < 3_000; n++) table.answered(secureNode(n), 1);
  const nodes = [...(table.buckets[0]?.nodes ?? []), ...(table.buckets[1]?.nodes ?? [])];
  t.true(nodes.length >= 190 && nodes.every(({ id, host }) => isSecureNodeId(id, host)));
});
