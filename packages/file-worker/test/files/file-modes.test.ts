import test, { type ExecutionContext } from "ava";
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { nodeDisk } from "../../../actor-runtime/src/io/disk/node-disk.ts";
import type { StoredJob } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { someFacts, startRig } from "../support/file-rig.ts";

function folder(t: ExecutionContext): string {
  const root = mkdtempSync(join(tmpdir(), "troupe-modes-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function put(path: string, lengthBytes: number, mode: number): void {
  writeFileSync(path, "x".repeat(lengthBytes));
  chmodSync(path, mode);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test("A18: everybody who may read an executable file may run it, and other files keep their mode", async (t) => {
  const root = folder(t);
  put(join(root, "run"), 10, 0o640);
  put(join(root, "other"), 6, 0o644);
  const rig = startRig(nodeDisk);
  await rig.open({ root, files: { run: 10, other: 6 }, pieceLengthBytes: 16, mayWrite: true });
  t.deepEqual(await rig.complete(), {});
  t.is(modeOf(join(root, "run")), 0o640);
  t.deepEqual(await rig.complete(true, { executables: [0] }), {});
  t.deepEqual([modeOf(join(root, "run")), modeOf(join(root, "other"))], [0o750, 0o644]);
});

test("A18: a file with other names, a link, a short or missing file and a foreign file keep their mode", async (t) => {
  const root = folder(t);
  const outside = folder(t);
  put(join(outside, "secret"), 4, 0o644);
  put(join(outside, "linked"), 4, 0o644);
  linkSync(join(outside, "linked"), join(root, "hard"));
  symlinkSync(join(outside, "secret"), join(root, "soft"));
  put(join(root, "short"), 2, 0o644);
  put(join(root, "unwanted"), 4, 0o644);
  const files = { hard: 4, soft: 0, short: 4, missing: 4, unwanted: 4 };
  const rig = startRig(nodeDisk);
  await rig.open({ root, files, pieceLengthBytes: 16, mayWrite: true, unwanted: [4] });
  t.deepEqual(await rig.complete(true, { executables: [0, 1, 2, 3, 4] }), {});
  for (const path of ["hard", "short", "unwanted"]) t.is(modeOf(join(root, path)), 0o644, path);
  t.is(modeOf(join(outside, "secret")), 0o644);

  const shared = folder(t);
  put(join(shared, "theirs"), 4, 0o644);
  const other = startRig(nodeDisk);
  const theirs = { root: shared, files: { theirs: 4 }, isShared: true };
  await other.open({ ...theirs, pieceLengthBytes: 16, mayWrite: true, job: jobIn(folder(t)) });
  await other.complete(true, { executables: [0] });
  t.is(modeOf(join(shared, "theirs")), 0o644);
});

test("A18: a start after an executable file was made hashes nothing", async (t) => {
  const root = folder(t);
  const job = jobIn(folder(t));
  const opening = { root, files: { run: 4 }, pieceLengthBytes: 4, mayWrite: true, job };
  const rig = startRig(nodeDisk);
  await rig.open(opening);
  rig.memory.fill(7, 0, 4);
  rig.write({ piece: 0, lengthBytes: 4 });
  rig.settle();
  rig.saveJob("#");
  await rig.complete(true, { executables: [0] });
  t.is(modeOf(join(root, "run")) & 0o111, 0o111);
  await rig.close({ job: { facts: someFacts, isOrderly: true } });
  const again = await startRig(nodeDisk).open(opening);
  const known = "known" in again ? again.known : undefined;
  t.deepEqual([known?.touched, known?.toHash[0], known?.trusted[0]], [[], 0, 0x80]);
});

function jobIn(state: string): StoredJob {
  const home = { kind: "database", path: join(state, "state.db") } as const;
  return { key: "a".repeat(40) as TorrentKey, home, verify: "sample" };
}
