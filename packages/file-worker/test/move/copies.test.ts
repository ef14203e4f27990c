// Moves of files of a real disk, also while another program changes them.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  chmodSync,
  existsSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { copyFile } from "../../src/move/copy-file.ts";
import { run, type MoveOrder } from "../../src/move/move-steps.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { pattern, startRig, storedFiles } from "../support/file-rig.ts";

const { disk } = nodePorts();

function temporaryFolder(t: ExecutionContext): string {
  // A disk in memory where there is one: syncs take long on a machine with much to do.
  const below = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(join(below, "copies-")));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a copy keeps holes and permissions", (t) => {
  const folder = temporaryFolder(t);
  const source = join(folder, "source");
  const lengthBytes = 8 * 1024 * 1024;
  writeFileSync(source, pattern(70_000));
  truncateSync(source, lengthBytes);
  chmodSync(source, 0o640);
  const copied = copyFile(disk, source, join(folder, "copy"));
  t.false("refused" in copied);
  t.true(readFileSync(join(folder, "copy")).equals(readFileSync(source)));
  const { size, blocks, mode } = statSync(join(folder, "copy"));
  t.is(size, lengthBytes);
  t.true(blocks * 512 < 200_000, `${blocks * 512} bytes are taken`);
  t.is(mode & 0o777, 0o640);
});

test("a file that is changed while it is copied is copied again", (t) => {
  const memory = new MemoryDisk(["/data"]);
  memory.put("/data/a", pattern(10));
  const sync = memory.sync.bind(memory);
  memory.sync = (file) => {
    sync(file);
    memory.sync = sync;
    const source = memory.open("/data/a", "write");
    memory.write(source, [Uint8Array.of(0xff)], 3);
    memory.close(source);
  };
  t.false("refused" in copyFile(memory, "/data/a", "/data/b"));
  t.deepEqual(memory.bytesOf("/data/b"), memory.bytesOf("/data/a"));
  t.is(memory.bytesOf("/data/b")?.[3], 0xff);
});

test("a move is refused when a file changes during each copy", (t) => {
  const memory = new MemoryDisk(["/data"]);
  memory.put("/data/a", pattern(10));
  let changes = 0;
  const read = memory.read.bind(memory);
  memory.read = (file, views, position) => {
    const got = read(file, views, position);
    const source = memory.open("/data/a", "write");
    memory.write(source, [Uint8Array.of(changes++)], 3);
    memory.close(source);
    return got;
  };
  t.like(copyFile(memory, "/data/a", "/data/b"), { refused: "file-changed", path: "/data/a" });
  t.is(memory.openCount, 0);
});

const files = storedFiles({ "t/a": 10, "t/b": 20 });

function memoryScene() {
  const memory = new MemoryDisk(["/data/t", "/other/t"]);
  memory.put("/data/t/a", pattern(10));
  memory.put("/data/t/b", pattern(20));
  return { memory, rig: startRig(memory) };
}

for (const [way, code] of [
  ["linked", "none"],
  ["copied", "EXDEV"],
  ["renamed", "EPERM"],
] as const) {
  test(`a file made at the target while files are ${way} is neither overwritten nor removed`, async (t) => {
    for (let skip = 0; skip < 60; skip += 1) {
      const { memory, rig } = memoryScene();
      let calls = 0;
      const meddle = (): void => {
        if (calls++ === skip && !memory.entries.has("/other/t/b"))
          memory.put("/other/t/b", pattern(3, 7));
      };
      const link = memory.link.bind(memory);
      const [stat, open, remove, rename] = [
        memory.stat.bind(memory),
        memory.open.bind(memory),
        memory.remove.bind(memory),
        memory.rename.bind(memory),
      ];
      memory.link = (from, to) => {
        meddle();
        const isTemporary = from.includes(".troupe-");
        if (code === "EPERM" || (code === "EXDEV" && !isTemporary)) {
          throw Object.assign(new Error(code), { code });
        }
        link(from, to);
      };
      memory.stat = (path) => {
        const found = stat(path);
        meddle();
        return found;
      };
      memory.open = (path, mode) => {
        meddle();
        return open(path, mode);
      };
      memory.remove = (path) => {
        remove(path);
        meddle();
      };
      const isOver = await rig.move({ root: "/data", files, to: "/other" });
      Object.assign(memory, { stat, open, remove, rename, link });
      const foreign = memory.bytesOf("/other/t/b");
      if (Buffer.compare(foreign ?? new Uint8Array(0), pattern(3, 7)) === 0) {
        t.deepEqual(memory.bytesOf("/data/t/b"), pattern(20), `${skip}: the file is where it was`);
        t.like(isOver, { refused: "file-exists" }, `${skip}`);
        t.deepEqual(memory.bytesOf("/data/t/a"), pattern(10));
        t.false(memory.entries.has("/other/t/a"));
      } else {
        t.deepEqual(foreign, pattern(20), `${skip}`);
        t.false(memory.entries.has("/data/t/b"), `${skip}`);
      }
    }
  });
}

test("undo leaves files that differ from the intent", (t) => {
  const folder = temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  for (const each of [from, to]) mkdirSync(each);
  writeFileSync(join(from, "a"), "abc");
  writeFileSync(join(to, "a"), "abc");
  const seen = disk.stat(join(from, "a"));
  if (seen === undefined) return t.fail();
  const stages = ["begun", "copied", "placed"] as const;
  for (const stage of stages) {
    for (const way of ["copy", "link", "rename"] as const) {
      const file = { index: 0, before: seen, source: seen, target: seen, place: 1n, way };
      const intent = { from, to, mark: "0", stage, files: [file] };
      const order: MoveOrder = { step: "undo", intent, files: [file], paths: [["a"]] };
      t.is(run(disk, order).refusal, undefined);
      t.true(existsSync(join(to, "a")), `${stage} ${way}`);
    }
  }
});
