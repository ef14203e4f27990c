import test from "ava";
import { noTotals } from "@troupe/messages";
import { MemoryDisk } from "../support/memory-disk.ts";
import { recordsOn } from "../support/file-rig.ts";

const database = "/state/state.db";

test("a record is found again under its name, and no other is", (t) => {
  const records = recordsOn(new MemoryDisk());
  t.deepEqual(records("read-record", { database, name: "a" }), {});
  records("write-records", { database, records: [{ name: "a", bytes: Uint8Array.of(1) }] });
  t.deepEqual(records("read-record", { database, name: "a" }), { record: Uint8Array.of(1) });
  t.deepEqual(records("read-record", { database, name: "b" }), {});
  t.deepEqual(records("write-records", { database, records: [{ name: "a" }] }), {});
  t.deepEqual(records("read-record", { database, name: "a" }), {});
});

test("reading or removing a record makes no database", (t) => {
  const disk = new MemoryDisk();
  const records = recordsOn(disk);
  records("read-record", { database, name: "a" });
  records("write-records", { database, records: [{ name: "a" }] });
  t.is(disk.databases.size, 0);
});

test("a record that the disk refuses is a refusal with the system's code", (t) => {
  const disk = new MemoryDisk();
  disk.fail("commit", "ENOSPC");
  const written = { database, records: [{ name: "a", bytes: Uint8Array.of(1) }] };
  t.like(recordsOn(disk)("write-records", written), { refused: "ENOSPC", path: database });
});

test("a damaged database is renamed, and every later reader gets the problem", (t) => {
  const disk = new MemoryDisk();
  const records = recordsOn(disk);
  records("write-records", { database, records: [{ name: "a", bytes: Uint8Array.of(1) }] });
  disk.damagedDatabases.add(database);
  for (const name of ["a", "b"]) {
    const found = recordsOn(disk);
    disk.damagedDatabases.add(database);
    const { damage } = found("read-record", { database, name }) as { damage?: string };
    t.regex(damage ?? "", /lies in "\/state\/state.db.damaged"/);
  }
});

test("I06: totals of several adders are summed, and a repeated addition counts once", (t) => {
  const disk = new MemoryDisk();
  const add = (adder: string, sequence: number, uploadedBytes: number) =>
    recordsOn(disk)("add-totals", {
      database,
      amounts: { ...noTotals, uploadedBytes },
      adder,
      sequence,
    });
  add("one", 1, 5);
  add("other", 1, 7);
  t.deepEqual(add("one", 1, 5), { totals: { ...noTotals, uploadedBytes: 12 } });
});

test("I06: the totals of a damaged database stay", (t) => {
  const disk = new MemoryDisk();
  const amounts = { ...noTotals, uploadedBytes: 5 };
  recordsOn(disk)("add-totals", { database, amounts, adder: "one", sequence: 1 });
  disk.damagedDatabases.add(database);
  const added = recordsOn(disk)("add-totals", { database, amounts, adder: "one", sequence: 2 });
  t.like(added, { totals: { uploadedBytes: 10 } });
});
