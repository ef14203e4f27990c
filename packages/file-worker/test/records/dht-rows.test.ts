import test from "ava";
import type { SavedDhtId, SavedDhtNode, SavedDhtNodes } from "@troupe/messages";
import { MemoryDisk } from "../support/memory-disk.ts";
import { recordsEpochMs, recordsOn } from "../support/file-rig.ts";

const database = "/state/state.db";

/** The records of a program on this disk. */
function recordsOf(disk: MemoryDisk) {
  const records = recordsOn(disk);
  return {
    call: records,
    read: () => records("read-dht-nodes", { database }) as SavedDhtNodes,
    merge: (saved: Partial<SavedDhtNodes>) =>
      records("merge-dht-nodes", { database, saved: { ids: [], nodes: [], ...saved } }),
  };
}

const idOf = (byte: number) => new Uint8Array(20).fill(byte);

/** A node that answered so many minutes ago. */
function node(host: string, minutesAgo: number, byte = 1): SavedDhtNode {
  const lastAnswerMs = recordsEpochMs - minutesAgo * 60_000;
  return { id: idOf(byte), host, port: 6_881, lastAnswerMs };
}

function ownId(port: number, byte = 1): SavedDhtId {
  return { family: 4, id: idOf(byte), host: "0.0.0.0", port };
}

test("nodes are found again, those that answered last first", (t) => {
  const disk = new MemoryDisk();
  const nodes = [node("1.2.3.4", 3), node("2001:db8::1", 1), node("1.2.3.5", 2)];
  t.deepEqual(recordsOf(disk).merge({ nodes }), {});
  const found = recordsOf(disk).read();
  t.deepEqual(found.nodes, [nodes[1], nodes[2], nodes[0]]);
  t.deepEqual(found.ids, []);
});

test("a node is a row, which its latest answer replaces, from any engine", (t) => {
  const disk = new MemoryDisk();
  const [one, other] = [recordsOf(disk), recordsOf(disk)];
  one.merge({ nodes: [node("1.2.3.4", 1, 7), node("1.2.3.5", 1)] });
  other.merge({ nodes: [node("1.2.3.4", 2, 8), node("1.2.3.6", 1)] });
  const { nodes } = one.read();
  t.deepEqual(nodes.map(({ host, id }) => `${host} ${id[0]}`).toSorted(), [
    "1.2.3.4 7",
    "1.2.3.5 1",
    "1.2.3.6 1",
  ]);
  other.merge({ nodes: [node("1.2.3.4", 0, 9)] });
  t.is(one.read().nodes[0]?.id[0], 9);
});

test("of each family the 200 nodes that answered last stay", (t) => {
  const disk = new MemoryDisk();
  const { merge, read } = recordsOf(disk);
  const four = Array.from({ length: 300 }, (_, at) => node(`1.2.${at >> 8}.${at & 255}`, at));
  const six = Array.from({ length: 201 }, (_, at) => node(`2001:db8::${at + 1}`, at));
  merge({ nodes: four.toReversed() });
  merge({ nodes: six });
  const { nodes } = read();
  const hosts = nodes.map(({ host }) => host);
  t.is(nodes.length, 400);
  t.true(four.slice(0, 200).every(({ host }) => hosts.includes(host)));
  t.false(hosts.includes("2001:db8::c9"));
});

test("a time that is yet to come counts as now", (t) => {
  const { merge, read } = recordsOf(new MemoryDisk());
  merge({ nodes: [node("1.2.3.4", -10)] });
  t.is(read().nodes[0]?.lastAnswerMs, recordsEpochMs);
});

test("nodes without an address that can be asked are not saved", (t) => {
  const { merge, read } = recordsOf(new MemoryDisk());
  merge({ nodes: [node("0.0.0.0", 1), node("name.example", 1), node("224.0.0.1", 1)] });
  t.deepEqual(read().nodes, []);
});

test("ids are kept by family, local address and port, sixteen at most", (t) => {
  const { merge, read } = recordsOf(new MemoryDisk());
  const six: SavedDhtId = { ...ownId(6_881), family: 6, host: "::", publicHost: "2001:db8::1" };
  merge({ ids: [ownId(6_881, 1), six] });
  merge({ ids: [ownId(6_881, 2)] });
  t.deepEqual(
    read().ids.toSorted((a, b) => a.family - b.family),
    [ownId(6_881, 2), six],
  );
  merge({ ids: Array.from({ length: 20 }, (_, at) => ownId(7_000 + at)) });
  t.is(read().ids.length, 16);
});

test("rows of the DHT are no jobs, and jobs are no rows of the DHT", (t) => {
  const { call, merge, read } = recordsOf(new MemoryDisk());
  call("write-records", { database, records: [{ name: "a".repeat(40), bytes: idOf(1) }] });
  merge({ nodes: [node("1.2.3.4", 1)], ids: [ownId(6_881)] });
  t.deepEqual(call("list-jobs", { database }), { jobs: [], moves: [], unreadable: 1 });
  t.is(read().nodes.length, 1);
});

test("damaged rows are left out, and the next merge removes them", (t) => {
  const { call, merge, read } = recordsOf(new MemoryDisk());
  merge({ nodes: [node("1.2.3.4", 1)], ids: [ownId(6_881)] });
  const names = ["dht-node 4 1.2.3.4:6881", "dht-id 4 0.0.0.0:6881", "dht-else 4 1.2.3.4:6881"];
  for (const name of names) {
    const { record = new Uint8Array(32) } = call("read-record", { database, name }) as {
      record?: Uint8Array;
    };
    for (const bytes of [record.map((byte) => byte ^ 1), record.slice(1), new Uint8Array()]) {
      call("write-records", { database, records: [{ name, bytes }] });
      const { nodes, ids } = read();
      t.false(nodes.some(({ host }) => name.includes(` ${host}:`)));
      t.false(ids.some(({ host }) => name.includes(` ${host}:`)));
    }
  }
  merge({});
  for (const name of names) t.deepEqual(call("read-record", { database, name }), {});
});

test("a row under the name of another family is left out", (t) => {
  const { call, merge, read } = recordsOf(new MemoryDisk());
  merge({ nodes: [node("1.2.3.4", 1)] });
  const { record } = call("read-record", { database, name: "dht-node 4 1.2.3.4:6881" }) as {
    record: Uint8Array;
  };
  const names = ["dht-node 6 1.2.3.5:1", "dht-node 4 x:1", "dht-node 4 1.2.3.6", "dht-node"];
  call("write-records", { database, records: names.map((name) => ({ name, bytes: record })) });
  t.deepEqual(
    read().nodes.map(({ host }) => host),
    ["1.2.3.4"],
  );
});

test("reading nodes makes no database, and a merge without news writes nothing", (t) => {
  const disk = new MemoryDisk();
  const { merge, read } = recordsOf(disk);
  t.deepEqual(read(), { nodes: [], ids: [] });
  t.is(disk.databases.size, 0);
  merge({ nodes: [node("1.2.3.4", 1)] });
  disk.fail("commit", "ENOSPC");
  t.deepEqual(merge({ nodes: [node("1.2.3.4", 1)] }), {});
  t.like(merge({ nodes: [node("1.2.3.5", 1)] }), { refused: "ENOSPC", path: database });
});
