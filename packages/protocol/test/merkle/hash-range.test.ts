import test from "ava";
import fc from "fast-check";
import { sha256 } from "../../src/bytes/sha256.ts";
import {
  TreeLayers,
  hashCount,
  hashesOf,
  isRangeOf,
  nodeBytes,
  provenNode,
  uncleCount,
  zeroNode,
  type HashRange,
} from "../../src/merkle/index.ts";

/** All layers of a tree with zero leaves up to a power of two. */
function slowTree(leaves: readonly Uint8Array[]): Uint8Array[][] {
  let layer = [...leaves];
  while (!Number.isInteger(Math.log2(layer.length))) layer.push(new Uint8Array(nodeBytes));
  const layers = [layer];
  while (layer.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < layer.length; at += 2)
      above.push(sha256(Buffer.concat([layer[at] ?? "", layer[at + 1] ?? ""].map(Buffer.from))));
    layer = above;
    layers.push(layer);
  }
  return layers;
}

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, leaf) => sha256(Buffer.from(`leaf ${leaf}`)));
}

/** The tree of `count` nodes of a layer, which lie at a stride of 52 bytes. */
function layersOf(nodes: readonly Uint8Array[], layer: number): TreeLayers {
  const strideBytes = 52;
  const bytes = new Uint8Array(7 + nodes.length * strideBytes);
  for (const [at, node] of nodes.entries()) bytes.set(node, 7 + at * strideBytes);
  const layers = new TreeLayers({ bytes, offset: 7, strideBytes, count: nodes.length }, layer);
  while (!layers.prepare(1));
  return layers;
}

const leafCounts = fc.oneof(
  fc.integer({ min: 2, max: 40 }),
  fc.constantFrom(511, 512, 513, 1_024, 1_500, 2_049),
);

test("nodes of a tree over a layer are those of a slow tree, on every layer", (t) => {
  fc.assert(
    fc.property(leafCounts, fc.nat({ max: 3 }), (count, layer) => {
      const slow = slowTree(leavesOf(count));
      if (layer >= slow.length) return;
      const nodes = Math.ceil(count / 2 ** layer);
      const layers = layersOf((slow[layer] ?? []).slice(0, nodes), layer);
      for (const [height, expected] of slow.entries()) {
        if (height < layer) continue;
        for (const index of [0, Math.floor(expected.length / 2), expected.length - 1])
          t.deepEqual(
            Buffer.from(layers.nodeAt(height, index)),
            Buffer.from(expected[index] ?? ""),
          );
      }
    }),
    { numRuns: 40 },
  );
});

const ranges = leafCounts.chain((count) => {
  const height = Math.ceil(Math.log2(count));
  return fc
    .record({
      count: fc.constant(count),
      height: fc.constant(height),
      baseLayer: fc.nat({ max: height - 1 }),
      seed: fc.nat(),
    })
    .chain((tree) =>
      fc.record({
        tree: fc.constant(tree),
        log: fc.integer({ min: 1, max: height - tree.baseLayer }),
        proofLayers: fc.nat({ max: height - tree.baseLayer - 1 }),
      }),
    )
    .map(({ tree, log, proofLayers }) => {
      const length = 2 ** log;
      const places = 2 ** (tree.height - tree.baseLayer - log);
      const range: HashRange = {
        baseLayer: tree.baseLayer,
        index: (tree.seed % places) * length,
        length,
        proofLayers,
      };
      return { ...tree, range };
    });
});

test("a range with its uncles proves the node of the tree that they lead to", (t) => {
  fc.assert(
    fc.property(ranges, ({ count, height, range }) => {
      t.true(isRangeOf(range, height));
      const slow = slowTree(leavesOf(count));
      const hashes = hashesOf(range, (layer, index) => slow[layer]?.[index] ?? new Uint8Array());
      t.is(hashes.length, hashCount(range) * nodeBytes);
      const { layer, index, node } = provenNode(range, hashes);
      t.is(layer, range.baseLayer + Math.max(Math.log2(range.length), range.proofLayers + 1));
      t.deepEqual(Buffer.from(node), Buffer.from(slow[layer]?.[index] ?? ""));
      const isFull = range.proofLayers === height - range.baseLayer - 1;
      t.is(layer === height, isFull || range.length === 2 ** (height - range.baseLayer));
    }),
    { numRuns: 120 },
  );
});

test("a bit of any hash that is turned leads to another node", (t) => {
  fc.assert(
    fc.property(ranges, fc.nat(), ({ count, range }, bit) => {
      const slow = slowTree(leavesOf(count));
      const hashes = hashesOf(range, (layer, index) => slow[layer]?.[index] ?? new Uint8Array());
      const { layer, index } = provenNode(range, hashes);
      const turned = bit % (8 * hashes.length);
      hashes[turned >> 3] = (hashes[turned >> 3] ?? 0) ^ (1 << (turned & 7));
      const { node } = provenNode(range, hashes);
      t.notDeepEqual(Buffer.from(node), Buffer.from(slow[layer]?.[index] ?? ""));
    }),
    { numRuns: 100 },
  );
});

test("each bit of each hash of an answer leads to another node when it is turned", (t) => {
  const range = { baseLayer: 0, index: 4, length: 4, proofLayers: 4 };
  const slow = slowTree(leavesOf(21));
  const hashes = hashesOf(range, (layer, index) => slow[layer]?.[index] ?? new Uint8Array());
  const right = Buffer.from(provenNode(range, hashes).node);
  t.is(hashes.length, 7 * nodeBytes);
  for (let bit = 0; bit < 8 * hashes.length; bit++) {
    const turned = new Uint8Array(hashes);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.false(right.equals(provenNode(range, turned).node), `bit ${bit}`);
  }
});

test("the first layers of a proof have no uncle, since the range covers them", (t) => {
  const range = { baseLayer: 0, index: 0, length: 4 };
  const uncles = [0, 1, 2, 5].map((proofLayers) => uncleCount({ ...range, proofLayers }));
  t.deepEqual(uncles, [0, 0, 1, 4]);
});

test("ranges that no tree of this height has are refused", (t) => {
  const right = { baseLayer: 1, index: 4, length: 4, proofLayers: 2 };
  t.true(isRangeOf(right, 4));
  const wrong: Partial<HashRange>[] = [
    { length: 1 },
    { length: 0 },
    { length: 3 },
    { length: 16_384 },
    { index: 2 },
    { index: 8 },
    { index: 2 ** 32 - 4 },
    { baseLayer: 4 },
    { baseLayer: 2 ** 32 - 1 },
    { proofLayers: 3 },
    { proofLayers: 2 ** 32 - 1 },
  ];
  for (const part of wrong) t.false(isRangeOf({ ...right, ...part }, 4), JSON.stringify(part));
  t.true(isRangeOf({ baseLayer: 0, index: 0, length: 8_192, proofLayers: 0 }, 14));
});

test("the upper layers are computed in steps, and nodes beyond the end are zero nodes", (t) => {
  const nodes = leavesOf(1_100);
  const bytes = new Uint8Array(Buffer.concat(nodes.map(Buffer.from)));
  const layers = new TreeLayers(
    { bytes, offset: 0, strideBytes: nodeBytes, count: nodes.length },
    2,
  );
  t.deepEqual([layers.prepare(1), layers.prepare(1), layers.prepare(1)], [false, false, true]);
  t.is(layers.keptBytes, 3 * 64);
  t.deepEqual(layers.nodeAt(2, 1_100), zeroNode(2));
  t.deepEqual(layers.nodeAt(11, 3), zeroNode(11));
  t.deepEqual(layers.nodeAt(12, 1), layers.nodeAt(12, 1));
  t.notDeepEqual(layers.nodeAt(11, 2), zeroNode(11));
});
