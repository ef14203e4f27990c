import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readBounded } from "../../src/files/bounded-read.ts";

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), "read-bounded-"));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("a file is read, also through a link, unless it is too large", async (t) => {
  const path = join(folder(t), "file");
  writeFileSync(path, "bytes");
  symlinkSync(path, `${path}-link`);
  t.deepEqual(Buffer.from(await readBounded(`${path}-link`, 5)), Buffer.from("bytes"));
  await t.throwsAsync(readBounded(path, 4), { code: "EFBIG" });
});
