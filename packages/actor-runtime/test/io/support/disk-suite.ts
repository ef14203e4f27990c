// The behaviour of every implementation of Disk, real or simulated.

import { randomUUID } from "node:crypto";

import type { ExecutionContext, TestFn } from "ava";

import type { Disk } from "../../../src/ports/disk.ts";
import { keepAwake } from "../../../../../test/support/time/keep-awake.ts";
import { diskWork } from "../../fixtures/disk-work.ts";
import { bytesOfText, textOfBytes } from "../../support/text-bytes.ts";

/** A disk and an empty folder on it. */
export interface DiskBench {
  readonly disk: Disk;
  readonly folder: string;
}

function readText(disk: Disk, file: number, lengthBytes: number, position: number): string {
  const view = new Uint8Array(lengthBytes);
  const got = disk.read(file, [view], position);
  return textOfBytes(view.subarray(0, got));
}

type OpenBench = (t: ExecutionContext) => DiskBench;

/** Declares the suite's tests; each gets a bench of its own. */
export function diskSuite(test: TestFn, openBench: OpenBench): void {
  bytesAreKept(test, openBench);
  filesAreOpened(test, openBench);
  filesAreTold(test, openBench);
  filesAreReplaced(test, openBench);
  foldersAreKept(test, openBench);
  filesHaveNames(test, openBench);
}

function filesHaveNames(test: TestFn, openBench: OpenBench): void {
  test("link gives a file a second name and never replaces an existing name", (t) => {
    const { disk, folder } = openBench(t);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("abc"));
    disk.writeFileAtomically(`${folder}/b`, bytesOfText("other"));
    t.throws(() => disk.link(`${folder}/a`, `${folder}/b`), { code: "EEXIST" });
    t.throws(() => disk.link(`${folder}/none`, `${folder}/c`), { code: "ENOENT" });
    disk.link(`${folder}/a`, `${folder}/c`);
    t.is(disk.stat(`${folder}/c`)?.inode, disk.stat(`${folder}/a`)?.inode);
    t.is(disk.stat(`${folder}/a`)?.linkCount, 2);
    disk.remove(`${folder}/a`);
    t.is(disk.stat(`${folder}/c`)?.linkCount, 1);
    t.deepEqual(disk.readFile(`${folder}/c`), bytesOfText("abc"));
    disk.syncFolder(folder);
  });

  test("setAccess sets the permission bits of a file and of a folder", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    disk.setAccess(file, { mode: 0o640 });
    t.is(disk.statFile(file).mode, 0o640);
    disk.close(file);
    disk.makeFolder(`${folder}/b`);
    disk.setAccess(`${folder}/b`, { mode: 0o710 });
    t.is(disk.stat(`${folder}/b`)?.mode, 0o710);
  });

  test("a disk thread runs its function over the disk, one input after the other", async (t) => {
    const { disk, folder } = openBench(t);
    // The thread alone keeps no process alive.
    using _awake = keepAwake();
    const thread = disk.openThread(diskWork);
    const paths = [`${folder}/a`, `${folder}/none/b`, `${folder}/c`];
    const [a, b, c] = await Promise.allSettled(paths.map((path) => thread.run({ path })));
    t.like(a, { value: { lengthBytes: 3 } });
    t.like(b, { reason: { code: "ENOENT" } });
    t.like(c, { value: { lengthBytes: 3 } });
    t.deepEqual(disk.readFile(`${folder}/c`), bytesOfText("abc"));
    const last = thread.run({ path: `${folder}/d` });
    const closed = thread.close();
    await t.throwsAsync(last, { code: "actor-exited" });
    await t.throwsAsync(thread.run({ path: `${folder}/e` }), { code: "actor-exited" });
    await t.notThrowsAsync(Promise.all([closed, thread.close()]));
  });
}

function bytesAreKept(test: TestFn, openBench: OpenBench): void {
  test("written bytes are read back, scattered over any views", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    disk.write(file, [bytesOfText("abc"), new Uint8Array(0), bytesOfText("defg")], 2);
    const views = [1, 0, 3, 100].map((length) => new Uint8Array(length));
    t.is(disk.read(file, views, 2), 7);
    t.deepEqual(views.map(textOfBytes).join("").slice(0, 7), "abcdefg");
    t.is(readText(disk, file, 9, 0), "\0\0abcdefg");
    t.is(readText(disk, file, 9, 7), "fg");
    t.is(readText(disk, file, 9, 100), "");
    t.is(disk.read(file, [], 0), 0);
    disk.close(file);
  });

  test("more views than one system call takes are read and written whole", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    const views = Array.from({ length: 2500 }, (_, index) =>
      Uint8Array.of(index & 255, index >> 8),
    );
    disk.write(file, views, 1);
    const back = Array.from({ length: 2500 }, () => new Uint8Array(2));
    t.is(disk.read(file, back, 1), 5000);
    t.deepEqual(back, views);
    disk.close(file);
  });

  test("shared memory is read into and written from", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set(bytesOfText("data"));
    disk.write(file, [shared], 0);
    shared.fill(0);
    disk.read(file, [shared.subarray(0, 2), shared.subarray(2)], 0);
    t.is(textOfBytes(shared.slice()), "data");
    disk.close(file);
  });
}

function filesAreOpened(test: TestFn, openBench: OpenBench): void {
  test("a file is opened only in its mode", (t) => {
    const { disk, folder } = openBench(t);
    t.throws(() => disk.open(`${folder}/a`, "read"), { code: "ENOENT" });
    t.throws(() => disk.open(`${folder}/a`, "write"), { code: "ENOENT" });
    t.throws(() => disk.open(`${folder}/none/a`, "create"), { code: "ENOENT" });
    const created = disk.open(`${folder}/a`, "create");
    disk.write(created, [bytesOfText("kept")], 0);
    disk.close(created);
    const again = disk.open(`${folder}/a`, "create");
    t.is(readText(disk, again, 10, 0), "kept");
    disk.close(again);
    t.throws(() => disk.open(`${folder}/a`, "create-new"), { code: "EEXIST" });
    const fresh = disk.open(`${folder}/b`, "create-new");
    disk.write(fresh, [bytesOfText("new")], 0);
    disk.close(fresh);
    t.deepEqual(disk.readFile(`${folder}/b`), bytesOfText("new"));
    const readOnly = disk.open(`${folder}/a`, "read");
    t.throws(() => disk.write(readOnly, [bytesOfText("x")], 0), { code: "EBADF" });
    disk.close(readOnly);
  });

  test("a folder is not opened as a file", (t) => {
    const { disk, folder } = openBench(t);
    for (const mode of ["read", "write", "create"] as const) {
      t.throws(() => disk.open(folder, mode), { code: "EISDIR" });
    }
    t.throws(() => disk.readFile(folder), { code: "EISDIR" });
  });

  test("a closed file is refused", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    disk.close(file);
    t.throws(() => disk.close(file), { code: "EBADF" });
    t.throws(() => disk.statFile(file), { code: "EBADF" });
  });

  test("truncate cuts, and grows with zeros", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    disk.write(file, [bytesOfText("abcdef")], 0);
    disk.truncate(file, 2);
    t.is(readText(disk, file, 9, 0), "ab");
    disk.truncate(file, 4);
    t.is(readText(disk, file, 9, 0), "ab\0\0");
    disk.sync(file);
    t.is(disk.statFile(file).lengthBytes, 4);
    disk.close(file);
  });
}

function filesAreTold(test: TestFn, openBench: OpenBench): void {
  test("stat has the kind of each entry, and nothing for a missing one", (t) => {
    const { disk, folder } = openBench(t);
    t.is(disk.stat(folder)?.kind, "folder");
    t.is(disk.stat(`${folder}/a`), undefined);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("abc"));
    const found = disk.stat(`${folder}/a`);
    t.is(found?.kind, "file");
    t.is(found?.lengthBytes, 3);
    t.is(disk.stat(`${folder}/a/b`), undefined);
    const opened = disk.openWithStat(`${folder}/a`, "read");
    t.deepEqual(opened.found, found);
    t.deepEqual(disk.statFile(opened.file), found);
    disk.close(opened.file);
    t.throws(() => disk.openWithStat(folder, "read"), { code: "EISDIR" });
  });

  test("files have inodes of their own, and a replaced file a new one", (t) => {
    const { disk, folder } = openBench(t);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("a"));
    disk.writeFileAtomically(`${folder}/b`, bytesOfText("b"));
    const [a, b] = [disk.stat(`${folder}/a`), disk.stat(`${folder}/b`)];
    t.not(a?.inode, b?.inode);
    t.is(a?.device, b?.device);
    const old = disk.open(`${folder}/a`, "read");
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("new"));
    t.not(disk.stat(`${folder}/a`)?.inode, disk.statFile(old).inode);
    t.is(readText(disk, old, 9, 0), "a");
    t.is(disk.statFile(old).linkCount, 0);
    disk.close(old);
  });

  test("a rename changes the time of change and leaves the time of modification", (t) => {
    const { disk, folder } = openBench(t);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("a"));
    const before = disk.stat(`${folder}/a`);
    disk.rename(`${folder}/a`, `${folder}/b`);
    const after = disk.stat(`${folder}/b`);
    t.is(after?.linkCount, 1);
    t.is(after?.mtimeNs, before?.mtimeNs);
    t.true((after?.ctimeNs ?? 0n) >= (before?.ctimeNs ?? 1n));
  });
}

function filesAreReplaced(test: TestFn, openBench: OpenBench): void {
  test("an atomic write replaces the whole file and leaves no other file", (t) => {
    const { disk, folder } = openBench(t);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("first and long"));
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("second"));
    t.is(textOfBytes(disk.readFile(`${folder}/a`)), "second");
    disk.remove(`${folder}/a`);
    // Only an empty folder can be removed.
    disk.remove(folder);
    t.is(disk.stat(folder), undefined);
  });

  test("an atomic write that fails leaves the old file", (t) => {
    const { disk, folder } = openBench(t);
    t.throws(() => disk.writeFileAtomically(`${folder}/none/a`, bytesOfText("x")), {
      code: "ENOENT",
    });
    disk.makeFolder(`${folder}/taken`);
    t.throws(() => disk.writeFileAtomically(`${folder}/taken`, bytesOfText("x")), {
      code: "EISDIR",
    });
    disk.remove(`${folder}/taken`);
    disk.remove(folder);
    t.is(disk.stat(folder), undefined);
  });

  test("readFile returns memory of its own", (t) => {
    const { disk, folder } = openBench(t);
    disk.writeFileAtomically(`${folder}/a`, bytesOfText("abc"));
    t.is(disk.readFile(`${folder}/a`).buffer.byteLength, 3);
    t.throws(() => disk.readFile(`${folder}/b`), { code: "ENOENT" });
  });
}

function foldersAreKept(test: TestFn, openBench: OpenBench): void {
  test("folders are made with their parents, and existing folders are accepted", (t) => {
    const { disk, folder } = openBench(t);
    const deep = `${folder}/x/y/z`;
    disk.makeFolder(deep);
    disk.makeFolder(deep);
    t.is(disk.stat(deep)?.kind, "folder");
    disk.writeFileAtomically(`${folder}/file`, bytesOfText("x"));
    t.throws(() => disk.makeFolder(`${folder}/file/y`), { code: "ENOTDIR" });
    t.throws(() => disk.makeFolder(`${folder}/file`), { code: "EEXIST" });
  });

  test("remove takes files and empty folders only", (t) => {
    const { disk, folder } = openBench(t);
    disk.makeFolder(`${folder}/x/y`);
    t.throws(() => disk.remove(`${folder}/x`), { code: "ENOTEMPTY" });
    disk.remove(`${folder}/x/y`);
    disk.remove(`${folder}/x`);
    t.throws(() => disk.remove(`${folder}/x`), { code: "ENOENT" });
  });

  test("a removed file can be read through an open handle", (t) => {
    const { disk, folder } = openBench(t);
    const file = disk.open(`${folder}/a`, "create");
    disk.write(file, [bytesOfText("abc")], 0);
    disk.remove(`${folder}/a`);
    t.is(readText(disk, file, 9, 0), "abc");
    t.is(disk.stat(`${folder}/a`), undefined);
    disk.close(file);
  });

  test("a real path exists and a path that does not is ENOENT", (t) => {
    const { disk, folder } = openBench(t);
    t.is(disk.realPath(folder), folder);
    t.is(disk.realPath(`${folder}/.`), folder);
    t.throws(() => disk.realPath(`${folder}/${randomUUID()}`), { code: "ENOENT" });
  });

  test("a rename replaces another file, and moves a folder with its contents", (t) => {
    const { disk, folder } = openBench(t);
    disk.makeFolder(`${folder}/x`);
    disk.writeFileAtomically(`${folder}/x/a`, bytesOfText("abc"));
    disk.writeFileAtomically(`${folder}/b`, bytesOfText("other"));
    disk.rename(`${folder}/x/a`, `${folder}/b`);
    t.deepEqual(disk.readFile(`${folder}/b`), bytesOfText("abc"));
    t.is(disk.stat(`${folder}/x/a`), undefined);
    disk.rename(`${folder}/b`, `${folder}/x/c`);
    disk.rename(`${folder}/x`, `${folder}/y`);
    t.deepEqual(disk.readFile(`${folder}/y/c`), bytesOfText("abc"));
    t.throws(() => disk.rename(`${folder}/x`, `${folder}/z`), { code: "ENOENT" });
  });

  test("a writable folder is recognised without a trace", (t) => {
    const { disk, folder } = openBench(t);
    const before = disk.stat(folder);
    disk.proveWritable(folder);
    t.deepEqual(disk.stat(folder), before);
  });

  test("free space is a number of bytes", (t) => {
    const { disk, folder } = openBench(t);
    t.true(disk.freeBytes(folder) > 0);
    t.throws(() => disk.freeBytes(`${folder}/none`), { code: "ENOENT" });
  });
}
