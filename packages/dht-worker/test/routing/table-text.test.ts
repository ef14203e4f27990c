import test from "ava";
import type { DhtTable, DhtTraffic } from "@troupe/messages";
import { snapshotBuckets } from "../../src/routing/table-snapshot.ts";
import { RoutingTable } from "../../src/routing/routing-table.ts";
import { tableLines } from "../../src/routing/table-text.ts";
import { idOf, localNode, nodeAt } from "../support/nodes.ts";

const traffic: DhtTraffic = {
  queriesSent: 7,
  queriesSentBytes: 700,
  queriesReceived: 5,
  queriesReceivedBytes: 5_000,
  answersSent: 4,
  answersSentBytes: 3 * 2 ** 20,
  answersReceived: 6,
  answersReceivedBytes: 2 ** 31,
  invalidReceived: 1,
  invalidBytes: 3,
  ignored: 0,
};

function read(table: RoutingTable, nowMs: number): DhtTable {
  const buckets = snapshotBuckets(table, nowMs);
  return { family: 4, id: table.id, buckets, pendingNodes: 2, traffic };
}

function makeTable(family: 4 | 6 = 4): RoutingTable {
  return new RoutingTable({ family, id: idOf("c"), hasSybilRules: true });
}

test("ND6: a table as text has the lines of the Perl node", (t) => {
  const table = makeTable();
  table.answered({ ...localNode(idOf("1"), 1), version: Uint8Array.from([76, 84, 2, 8]) }, 0);
  for (let n = 2; n < 9; n++) table.answered(localNode(idOf(`0${n}`), n), 5_000);
  table.answered(localNode(idOf("f"), 9), 93_784_000);
  table.failed("10.0.0.9", 6_881, 93_799_000);
  const id = (start: string): string => start.padEnd(40, "0");
  t.deepEqual(tableLines(read(table, 93_800_000), 1_700_000_000_000), [
    `Num buckets: 2. My DHT ID: ${id("C")}`,
    `Bucket 0: ${id("")} (replacement cache: 0)`,
    `    ${id("1")} 10.0.0.1:6881 fail:0 seen:1699906200 age:1d 2h 3m 20s ver:LT0208`,
    ...[2, 3, 4, 5, 6, 7, 8].map(
      (n) => `    ${id(`0${n}`)} 10.0.0.${n}:6881 fail:0 seen:1699906205 age:1d 2h 3m 15s ver:?`,
    ),
    `Bucket 1: ${id("8")} (replacement cache: 0)`,
    `    ${id("F")} 10.0.0.9:6881 fail:1 seen:1699999984 age:16s ver:?`,
    "Total peers: 9 (in replacement cache 0)",
    "Outstanding add nodes: 2",
    "Received: 5 requests (4.88 KB), 6 replies (2.00 GB), 1 invalid (3 bytes)",
    "Sent: 7 requests (700 bytes), 4 replies (3.00 MB)",
  ]);
});

test("ND6: an empty table has its header and its totals", (t) => {
  t.deepEqual(
    tableLines(read(makeTable(), 0), 0).map((line) => line.split(/[ :]/)[0]),
    ["Num", "Total", "Outstanding", "Received", "Sent"],
  );
});

test("ND6: candidates are counted, IPv6 addresses have brackets, and a new node an age of 0s", (t) => {
  const table = makeTable(6);
  for (let n = 0; n < 150; n++) {
    table.answered(nodeAt(idOf(n.toString(16).padStart(3, "0")), `fd00::${n + 1}`), 0);
  }
  const lines = tableLines(read(table, 0), 1_000);
  t.is(lines[1], `Bucket 0: ${"0".repeat(40)} (replacement cache: 8)`);
  t.is(lines[2], `    ${"0".repeat(40)} [fd00::1]:6881 fail:0 seen:1 age:0s ver:?`);
  t.is(lines.at(-4), "Total peers: 136 (in replacement cache 8)");
});

test("ND6: as data, buckets have their range, and nodes their times before now", (t) => {
  const table = makeTable();
  table.answered({ ...localNode(idOf("1"), 1), version: Uint8Array.of(1, 2) }, 1_000);
  for (let n = 0; n < 8; n++) table.answered(localNode(idOf(`e${n}`), 10 + n), 2_000);
  t.deepEqual(
    snapshotBuckets(table, 3_000).map(({ floor, prefixBits, nodes }) => [
      floor,
      prefixBits,
      nodes.length,
    ]),
    [
      [new Uint8Array(20), 1, 1],
      [Uint8Array.from(idOf("8")), 1, 8],
    ],
  );
  t.deepEqual(snapshotBuckets(table, 3_000)[0]?.nodes, [
    {
      id: new Uint8Array(idOf("1")),
      host: "10.0.0.1",
      port: 6_881,
      failures: 0,
      answeredMs: 2_000,
      ageMs: 2_000,
      roundTripMs: 20,
      version: Uint8Array.of(1, 2),
      isSecure: true,
    },
  ]);
});

test("a hostile version reaches no terminal", (t) => {
  const table = makeTable();
  table.answered({ ...localNode(idOf("1"), 1), version: Uint8Array.of(27, 91, 27, 255) }, 0);
  t.true(tableLines(read(table, 0), 0)[2]?.endsWith("ver:[1bff"));
});
