// Calls that the rights of a real folder forbid. Root may do everything: as root the tests take another user's rights.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { nodeDisk } from "../../actor-runtime/src/io/disk/node-disk.ts";
import { pattern, startRig } from "./support/file-rig.ts";

/** The user `nobody` of every Linux. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

test.before(() => {
  if (isRoot) process.seteuid?.(nobody);
});

test.after.always(() => {
  if (isRoot) process.seteuid?.(0);
});

test.serial("the tests run with the rights of a user who is not root", (t) => {
  t.not(process.geteuid?.(), 0);
});

function temporaryRoot(t: ExecutionContext): string {
  const root = mkdtempSync(join(tmpdir(), "troupe-rights-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

test.serial("F26: the error of an unwritable folder has its path", async (t) => {
  const root = temporaryRoot(t);
  mkdirSync(join(root, "f"));
  chmodSync(join(root, "f"), 0o555);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { "f/a": 8 }, pieceLengthBytes: 8 });
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[0], { notWritten: 0, refused: "EACCES", path: join(root, "f/a") });
});

test.serial("a read-only file is served", async (t) => {
  const root = temporaryRoot(t);
  writeFileSync(join(root, "a"), pattern(8));
  chmodSync(join(root, "a"), 0o444);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { a: 8 }, pieceLengthBytes: 8 });
  t.deepEqual(rig.readBlocks({ lengthBytes: 8 }), {});
  rig.write({ piece: 0, lengthBytes: 8 });
  rig.settle();
  t.like(rig.notices[0], { refused: "EACCES" });
});
