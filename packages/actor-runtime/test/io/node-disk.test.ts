import { execFileSync } from "node:child_process";
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

import { nodeDisk } from "../../src/io/node-disk.ts";
import { diskSuite } from "./support/disk-suite.ts";

function temporaryFolder(t: ExecutionContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "disk-")));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

diskSuite(test, (t) => ({ disk: nodeDisk, folder: temporaryFolder(t) }));

test("a link at the last step is not followed by open", (t) => {
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

test("a FIFO is refused and never waited for", (t) => {
  const folder = temporaryFolder(t);
  execFileSync("mkfifo", [`${folder}/fifo`]);
  for (const mode of ["read", "write", "create"] as const) {
    t.throws(() => nodeDisk.open(`${folder}/fifo`, mode), { code: "EFTYPE" });
  }
  t.throws(() => nodeDisk.readFile(`${folder}/fifo`), { code: "EFTYPE" });
  t.is(nodeDisk.stat(`${folder}/fifo`)?.kind, "other");
});

test("a device is refused", (t) => {
  t.throws(() => nodeDisk.open("/dev/null", "write"), { code: "EFTYPE" });
});

test("files far beyond 4 GiB keep their places", (t) => {
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
