import test from "ava";
import { encodeTorrent, parseTorrent } from "../../src/metainfo/index.ts";
import type { PeerAddress } from "../../src/address/peer-address.ts";
import { torrentWith } from "../support/torrents.ts";

const node = (host: string, port = 6_881) => ({ host, port });

const nodes = test.macro(
  (t, list: unknown, expected: readonly PeerAddress[], warnings: readonly string[] = []) => {
    const parsed = parseTorrent(torrentWith({}, { nodes: list }));
    t.deepEqual([...parsed.nodes], [...expected]);
    t.deepEqual(parsed.warnings, warnings);
  },
);

const noAddress = (count: number): string[] => [
  `${count} DHT nodes left out: the entry is no host and port`,
];

test("a torrent may have no DHT nodes", nodes, undefined, []);
test("an empty list of nodes has no node and no warning", nodes, [], []);
test(
  "a node has a name or an address, and a port",
  nodes,
  [
    ["router.example", 6_881],
    ["192.0.2.7", 1],
    ["2001:db8::1", 65_535],
  ],
  [node("router.example"), node("192.0.2.7", 1), node("2001:db8::1", 65_535)],
);
test(
  "a node given twice counts once",
  nodes,
  [
    ["192.0.2.7", 1],
    ["192.0.2.7", 2],
    ["192.0.2.7", 1],
  ],
  [node("192.0.2.7", 1), node("192.0.2.7", 2)],
);
test(
  "a port that is no port leaves the node out",
  nodes,
  [["a", 0], ["a", 65_536], ["a", -1], ["a", "6881"], ["a"], ["b", 1]],
  [node("b", 1)],
  noAddress(5),
);
test(
  "a host that is neither a name nor an address leaves the node out",
  nodes,
  [
    ["", 1],
    ["a b", 1],
    ["a/b", 1],
    ["[::1]", 1],
    ["1:2", 1],
    ["é", 1],
    ["\u001b[2J", 1],
    ["x".repeat(254), 1],
    [7, 1],
    [["a"], 1],
  ],
  [],
  noAddress(10),
);
test("entries that are no lists are left out", nodes, ["a:1", 7, { a: 1 }], [], noAddress(3));
test("nodes that are no list are left out", nodes, "192.0.2.7:6881", [], noAddress(1));

test("of a thousand nodes 100 are kept, with a warning", (t) => {
  const list = Array.from({ length: 1_000 }, (_, at) => ["192.0.2.7", at + 1]);
  const parsed = parseTorrent(torrentWith({}, { nodes: list }));
  t.is(parsed.nodes.length, 100);
  t.deepEqual(parsed.nodes.at(-1), node("192.0.2.7", 100));
  t.deepEqual(parsed.warnings, ["900 DHT nodes left out: the node is not among the first 100"]);
});

test("nodes are written and read again", (t) => {
  const pieceHashes = new Uint8Array(20);
  const own = { name: "a", lengthBytes: 5, pieceLengthBytes: 16_384, pieceHashes };
  const list = [node("router.example"), node("2001:db8::1", 1)];
  const parsed = parseTorrent(encodeTorrent({ ...own, nodes: list }), { source: "network" });
  t.deepEqual(parsed.nodes, list);
  t.deepEqual(parsed.warnings, []);
});
