import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import test, { type ExecutionContext } from "ava";
import { nodeDisk } from "../../../src/io/disk/node-disk.ts";
import { bytesOfText, textOfBytes } from "../../support/text-bytes.ts";

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "troupe-database-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state.db");
}

const text = (value: Uint8Array | undefined): string | undefined => value && textOfBytes(value);

function closing(database: ReturnType<typeof nodeDisk.openDatabase>) {
  return { database, [Symbol.dispose]: () => database.close() };
}

test("committed rows exist after the database is opened again", (t) => {
  const path = place(t);
  const first = nodeDisk.openDatabase(path);
  first.commit(
    new Map([
      ["a", bytesOfText("one")],
      ["b", bytesOfText("two")],
    ]),
  );
  first.commit(
    new Map([
      ["a", bytesOfText("three")],
      ["b", undefined],
      ["never", undefined],
    ]),
  );
  first.close();
  const second = nodeDisk.openDatabase(path);
  t.is(text(second.get("a")), "three");
  t.is(second.get("b"), undefined);
  t.deepEqual(
    second.all().map(({ name }) => name),
    ["a"],
  );
  second.close();
});

test("I06: programs add to sums side by side, and a repeated addition counts once", (t) => {
  const path = place(t);
  const empty = nodeDisk.openDatabase(path);
  t.deepEqual(empty.sums(), new Map());
  empty.close();
  using one = closing(nodeDisk.openDatabase(path));
  using other = closing(nodeDisk.openDatabase(path));
  const add = (database: typeof one, adder: string, sequence: number, amount: number) =>
    database.database.add(new Map([["bytes", amount]]), { adder, sequence });
  add(one, "one", 1, 5);
  add(other, "other", 1, 2 ** 40);
  add(one, "one", 1, 5);
  add(one, "one", 2, 7);
  add(other, "one", 1, 100);
  t.deepEqual(other.database.sums(), new Map([["bytes", 12 + 2 ** 40]]));
  t.deepEqual(other.database.all(), []);
});

test("I06: sums of a damaged database are salvaged", (t) => {
  const path = place(t);
  const database = nodeDisk.openDatabase(path);
  database.add(new Map([["bytes", 5]]), { adder: "one", sequence: 1 });
  database.close();
  t.deepEqual(nodeDisk.salvageDatabase(path).sums, new Map([["bytes", 5]]));
});

test("values are found by the beginning of their names", (t) => {
  const database = nodeDisk.openDatabase(place(t));
  const names = ["dht", "dht-node 4 a", "dht-node 6 b", "dht-nodf", "e"];
  database.commit(new Map(names.map((name) => [name, bytesOfText(name)])));
  const found = (prefix: string) =>
    database
      .all(prefix)
      .map(({ name }) => name)
      .toSorted();
  t.deepEqual(found("dht-node "), ["dht-node 4 a", "dht-node 6 b"]);
  t.deepEqual(found(""), names);
  t.deepEqual(found("x"), []);
  database.close();
});

test("two connections side by side see each other's commits", (t) => {
  const path = place(t);
  const [one, other] = [nodeDisk.openDatabase(path), nodeDisk.openDatabase(path)];
  one.commit(new Map([["a", bytesOfText("1")]]));
  other.commit(new Map([["b", bytesOfText("2")]]));
  t.is(text(one.get("b")), "2");
  t.is(text(other.get("a")), "1");
  one.close();
  other.close();
});

test("only the owner can read the database files", (t) => {
  const path = place(t);
  const database = nodeDisk.openDatabase(path);
  database.commit(new Map([["a", bytesOfText("1")]]));
  for (const name of readdirSync(join(path, ".."))) {
    t.is(statSync(join(path, "..", name)).mode & 0o077, 0, name);
  }
  database.close();
});

test("a file that is not a database, or half of one, is reported as damaged", (t) => {
  const path = place(t);
  writeFileSync(
    path,
    "this is the diary of somebody else, and rather longer than a hundred bytes".repeat(20),
  );
  t.throws(() => nodeDisk.openDatabase(path), { code: "EBADMSG" });
  rmSync(path);
  const database = nodeDisk.openDatabase(path);
  database.commit(new Map([["a", new Uint8Array(100_000)]]));
  database.close();
  truncateSync(path, 20_000);
  t.throws(
    () => {
      const half = nodeDisk.openDatabase(path);
      try {
        half.get("a");
      } finally {
        half.close();
      }
    },
    { code: "EBADMSG" },
  );
});

const names = ["a", "b", "c", "d", "e"];

/** Five values of a page each, and the file's bytes. */
function fiveValues(path: string): Buffer {
  const database = nodeDisk.openDatabase(path);
  for (const name of names) {
    database.commit(new Map([[name, new Uint8Array(3_000).fill(name.charCodeAt(0))]]));
  }
  database.close();
  return readFileSync(path);
}

const isIn = (page: Buffer, name: string): boolean => page.includes(name.repeat(100));

test("F29: all undamaged records of a damaged database are salvaged", (t) => {
  const path = place(t);
  const whole = fiveValues(path);
  const pages = Array.from({ length: whole.length / 4096 }, (_, page) =>
    whole.subarray(page * 4096, (page + 1) * 4096),
  );
  for (const [number, page] of pages.entries()) {
    const hit = Buffer.from(whole);
    hit.fill(0xee, number * 4096 + (number === 0 ? 100 : 0), number * 4096 + 200);
    writeFileSync(path, hit);
    const found = nodeDisk.salvageDatabase(path).values.map(({ name }) => name);
    // The first page says where the table is, the second where its leaves are.
    const due = number < 2 ? [] : names.filter((name) => !isIn(page, name));
    t.true(
      due.every((name) => found.includes(name)),
      `page ${number}: ${found.join()}`,
    );
  }
});

test("F29: the front of a cut database is salvaged, and nothing of another file", (t) => {
  const path = place(t);
  const whole = fiveValues(path);
  const cut = Math.floor((whole.length * 3) / 4);
  writeFileSync(path, whole.subarray(0, cut));
  const kept = names.filter((name) => whole.lastIndexOf(name.repeat(100)) < cut - 4096);
  const found = nodeDisk.salvageDatabase(path).values;
  t.true(kept.length > 1 && kept.every((name) => found.some((entry) => entry.name === name)));
  t.true(found.every(({ name, value }) => value.every((byte) => byte === name.charCodeAt(0))));
  writeFileSync(path, "no database");
  t.deepEqual(nodeDisk.salvageDatabase(path).values, []);
});

test("F29: a database whose index misses a name is reported as damaged, and all records are salvaged", (t) => {
  const path = place(t);
  const database = nodeDisk.openDatabase(path);
  for (const name of ["first", "second", "third"])
    database.commit(new Map([[name, bytesOfText(`value of the ${name}`)]]));
  database.close();
  const bytes = readFileSync(path);
  // The table is in the second page, its index in the third.
  const hit = bytes.indexOf("second", 2 * 4096);
  bytes[hit] = bytes.readUInt8(hit) ^ 0x80;
  writeFileSync(path, bytes);
  t.throws(() => nodeDisk.openDatabase(path), { code: "EBADMSG" });
  const unaware = new DatabaseSync(path);
  unaware
    .prepare("INSERT INTO records (name, value) VALUES (?, ?)")
    .run("second", bytesOfText("newer value"));
  unaware.close();
  t.deepEqual(
    nodeDisk.salvageDatabase(path).values.map(({ name, value }) => [name, text(value)]),
    [
      ["first", "value of the first"],
      ["second", "newer value"],
      ["third", "value of the third"],
    ],
  );
});

test("a database with another table is reported as damaged", (t) => {
  const path = place(t);
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE records (something TEXT)");
  other.close();
  t.throws(() => nodeDisk.openDatabase(path), { code: "EBADMSG" });
});

test("if no file can be made the error has the system's code", (t) => {
  const path = place(t);
  mkdirSync(path);
  t.throws(() => nodeDisk.openDatabase(path), { code: "EISDIR" });
  t.throws(() => nodeDisk.openDatabase(join(path, "no", "state.db")), { code: "ENOENT" });
});

test("a file is synced beside other work, through a descriptor of its own", async (t) => {
  const path = place(t);
  const file = nodeDisk.open(path, "create");
  nodeDisk.write(file, [bytesOfText("abc")], 0);
  const synced = new Promise((resolve) => nodeDisk.syncLater(path, resolve));
  nodeDisk.close(file);
  t.is(await synced, undefined);
  t.is(readFileSync(path, "utf8"), "abc");
  const failed = await new Promise((resolve) => nodeDisk.syncLater(`${path}.none`, resolve));
  t.like(failed, { code: "ENOENT" });
});
