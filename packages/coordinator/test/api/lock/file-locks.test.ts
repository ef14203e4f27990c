import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { FileLocks, type FileLock } from "../../../src/api/lock/file-locks.ts";

const sqlite = createRequire(import.meta.url)("node:sqlite") as {
  DatabaseSync: typeof import("node:sqlite").DatabaseSync;
};
const { DatabaseSync } = sqlite;
let openConnections = 0;
sqlite.DatabaseSync = class extends DatabaseSync {
  constructor(...words: ConstructorParameters<typeof DatabaseSync>) {
    super(...words);
    openConnections++;
  }

  override close(): void {
    super.close();
    openConnections--;
  }
};

const device = 1n;

/** Paths of empty files. */
function files(t: ExecutionContext, count: number): string[] {
  const folder = mkdtempSync(join(tmpdir(), "file-locks-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `it's ${index} 100%.lock`);
    writeFileSync(path, "");
    return path;
  });
}

function held(lock: ReturnType<FileLocks["lock"]>): FileLock {
  if (typeof lock === "string") throw new Error(lock);
  return lock;
}

test.serial("ten locked files share a connection, which ends with the last of them", (t) => {
  const locks = new FileLocks();
  const all = files(t, 25).map((path) => held(locks.lock(path, device)));
  t.is(openConnections, 3);
  for (const lock of all.slice(0, 10)) lock.release();
  t.is(openConnections, 2);
  const again = files(t, 4).map((path) => held(locks.lock(path, device)));
  t.is(openConnections, 2, "the last connection had room for five");
  for (const lock of [...all.slice(10), ...again]) lock.release();
  t.is(openConnections, 0);
});

test.serial("files of different devices share no connection", (t) => {
  const locks = new FileLocks();
  const [one = "", two = ""] = files(t, 2);
  const all = [held(locks.lock(one, 1n)), held(locks.lock(two, 2n))];
  t.is(openConnections, 2);
  for (const lock of all) lock.release();
  t.is(openConnections, 0);
});

test.serial("a file that is locked is refused, and its refusal ends no other lock", (t) => {
  const [mine, others] = [new FileLocks(), new FileLocks()];
  const [one = "", two = ""] = files(t, 2);
  const [first, second] = [held(mine.lock(one, device)), held(mine.lock(two, device))];
  for (const locks of [mine, others])
    for (const path of [one, two]) t.is(locks.lock(path, device), "running");
  t.is(mine.lock(`${one} gone`, device), "impossible");
  first.release();
  const taken = held(others.lock(one, device));
  t.is(mine.lock(one, device), "running");
  t.is(others.lock(two, device), "running");
  taken.release();
  second.release();
  t.is(openConnections, 0);
});
