import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import test from "ava";

import { writeFileAtomically } from "../../../src/io/disk/atomic-file.ts";

test("the folder has only the file, also after a failure", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "atomic-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const longest = "x".repeat(255);
  writeFileAtomically(join(folder, longest), Uint8Array.of(1));
  writeFileAtomically(join(folder, longest), Uint8Array.of(2, 3));
  t.deepEqual([...readFileSync(join(folder, longest))], [2, 3]);
  mkdirSync(join(folder, "taken"));
  t.throws(() => writeFileAtomically(join(folder, "taken"), Uint8Array.of(4)), { code: "EISDIR" });
  t.deepEqual(readdirSync(folder).toSorted(), ["taken", longest].toSorted());
});
