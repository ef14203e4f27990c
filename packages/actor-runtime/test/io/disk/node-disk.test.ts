import {
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import test from "ava";
import type { ExecutionContext } from "ava";

import { nodeDisk } from "../../../src/io/disk/node-disk.ts";
import { diskSuite } from "../support/disk-suite.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

function temporaryFolder(t: ExecutionContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "disk-")));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

diskSuite(test, (t) => ({ disk: nodeDisk, folder: temporaryFolder(t) }));

test("F28: open does not follow a link in the last part of a path", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(`${folder}/target`, "secret");
  symlinkSync(`${folder}/target`, `${folder}/link`);
  symlinkSync(`${folder}/nowhere`, `${folder}/dangling`);
  for (const mode of ["read", "write", "create"] as const) {
    t.throws(() => nodeDisk.open(`${folder}/link`, mode), { code: "ELOOP" });
    t.throws(() => nodeDisk.open(`${folder}/dangling`, mode), { code: "ELOOP" });
  }
  t.is(nodeDisk.stat(`${folder}/link`)?.kind, "link");
  t.is(nodeDisk.realPath(`${folder}/link`), `${folder}/target`);
  t.deepEqual(Buffer.from(nodeDisk.readFile(`${folder}/link`)).toString(), "secret");
});

test("removing a link leaves its target", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(`${folder}/target`, "x");
  symlinkSync(`${folder}/target`, `${folder}/link`);
  nodeDisk.remove(`${folder}/link`);
  t.deepEqual(readdirSync(folder), ["target"]);
});

test("a link has the target that it was made with, and takes no name that exists", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(`${folder}/target`, "x");
  nodeDisk.symlink("target", `${folder}/link`);
  t.is(nodeDisk.stat(`${folder}/link`)?.kind, "link");
  t.is(nodeDisk.readLink(`${folder}/link`), "target");
  t.throws(() => nodeDisk.symlink("other", `${folder}/link`), { code: "EEXIST" });
  t.throws(() => nodeDisk.symlink("other", `${folder}/target`), { code: "EEXIST" });
  t.throws(() => nodeDisk.readLink(`${folder}/target`), { code: "EINVAL" });
});

test("F28: a FIFO is refused without waiting", async (t) => {
  const folder = temporaryFolder(t);
  await makeFifos(`${folder}/fifo`);
  for (const mode of ["read", "write", "create"] as const) {
    t.throws(() => nodeDisk.open(`${folder}/fifo`, mode), { code: "EFTYPE" });
  }
  t.throws(() => nodeDisk.readFile(`${folder}/fifo`), { code: "EFTYPE" });
  t.is(nodeDisk.stat(`${folder}/fifo`)?.kind, "other");
});

test("F28: a device is refused", (t) => {
  t.throws(() => nodeDisk.open("/dev/null", "write"), { code: "EFTYPE" });
});

test("offsets far beyond 4 GiB are kept", (t) => {
  const folder = temporaryFolder(t);
  const file = nodeDisk.open(`${folder}/sparse`, "create");
  const far = 5 * 2 ** 32 + 3;
  nodeDisk.write(file, [Uint8Array.of(1, 2), Uint8Array.of(3)], far);
  t.is(nodeDisk.statFile(file).lengthBytes, far + 3);
  const views = [new Uint8Array(1), new Uint8Array(2)];
  t.is(nodeDisk.read(file, views, far), 3);
  t.deepEqual(views, [Uint8Array.of(1), Uint8Array.of(2, 3)]);
  nodeDisk.close(file);
});

test("a folder whose parent exists and is denied is an error, not an endless search", (t) => {
  t.throws(() => nodeDisk.makeFolder("/proc/no-such-process/folder"), { code: "ENOENT" });
  const folder = temporaryFolder(t);
  writeFileSync(`${folder}/file`, "");
  t.throws(() => nodeDisk.makeFolder(`${folder}/file`), { code: "EEXIST" });
  t.throws(() => nodeDisk.makeFolder(`${folder}/file/below`), { code: "ENOTDIR" });
  nodeDisk.makeFolder(`${folder}/a/b/c`);
  nodeDisk.makeFolder(`${folder}/a/b/c`);
  t.is(nodeDisk.stat(`${folder}/a/b/c`)?.kind, "folder");
});

test("views shorter and longer than one write call are written completely and in order", (t) => {
  const path = `${temporaryFolder(t)}/file`;
  const lengths = [10, 100_000, 131_072, 1, 0, 400_001, 65_536, 65_536, 3];
  const views = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
  const file = nodeDisk.open(path, "create");
  nodeDisk.write(file, views, 7);
  nodeDisk.close(file);
  t.deepEqual(Buffer.from(nodeDisk.readFile(path)), Buffer.concat([Buffer.alloc(7), ...views]));
});
