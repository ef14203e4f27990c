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
import test, { type ExecutionContext } from "ava";
import { nodeDisk } from "../../src/io/node-disk.ts";

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "troupe-database-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state.db");
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string | undefined =>
  value && new TextDecoder().decode(value);

test("what was committed is there when it is opened again", (t) => {
  const path = place(t);
  const first = nodeDisk.openDatabase(path);
  first.commit(
    new Map([
      ["a", bytes("one")],
      ["b", bytes("two")],
    ]),
  );
  first.commit(
    new Map([
      ["a", bytes("three")],
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

test("two have it open side by side and see what the other has committed", (t) => {
  const path = place(t);
  const [one, other] = [nodeDisk.openDatabase(path), nodeDisk.openDatabase(path)];
  one.commit(new Map([["a", bytes("1")]]));
  other.commit(new Map([["b", bytes("2")]]));
  t.is(text(one.get("b")), "2");
  t.is(text(other.get("a")), "1");
  one.close();
  other.close();
});

test("its files are for their owner alone", (t) => {
  const path = place(t);
  const database = nodeDisk.openDatabase(path);
  database.commit(new Map([["a", bytes("1")]]));
  for (const name of readdirSync(join(path, ".."))) {
    t.is(statSync(join(path, "..", name)).mode & 0o077, 0, name);
  }
  database.close();
});

test("a file that is no database, or half of one, is told as damaged", (t) => {
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

test("where no file can be made the system's code is told", (t) => {
  const path = place(t);
  mkdirSync(path);
  t.throws(() => nodeDisk.openDatabase(path), { code: "EISDIR" });
  t.throws(() => nodeDisk.openDatabase(join(path, "no", "state.db")), { code: "ENOENT" });
});

test("a file is synced beside other work, through a descriptor of its own", async (t) => {
  const path = place(t);
  const file = nodeDisk.open(path, "create");
  nodeDisk.write(file, [bytes("abc")], 0);
  const synced = new Promise((resolve) => nodeDisk.syncLater(path, resolve));
  nodeDisk.close(file);
  t.is(await synced, undefined);
  t.is(readFileSync(path, "utf8"), "abc");
  t.throws(() => nodeDisk.syncLater(`${path}.none`, () => {}), { code: "ENOENT" });
});
