import test from "ava";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../src/files/durable-files.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

test("makeFolder makes a folder and its parents, and accepts an existing folder", async (t) => {
  const parent = mkdtempSync(join(tmpdir(), "make-folder-"));
  t.teardown(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, "a", "b", "c");
  await Promise.all([makeFolder(folder), makeFolder(folder)]);
  await makeFolder(folder);
  t.true(statSync(folder).isDirectory());
  writeFileSync(join(folder, "file"), "");
  await t.throwsAsync(makeFolder(join(folder, "file")), { code: "EEXIST" });
  await t.throwsAsync(makeFolder(join(folder, "file", "below")), { code: "ENOTDIR" });
});

onLinux("a folder that cannot be made in an existing folder is an error, not a wait", async (t) => {
  await t.throwsAsync(makeFolder("/proc/troupe/state"), { code: "ENOENT" });
});
