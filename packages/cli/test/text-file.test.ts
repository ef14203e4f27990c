import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../test/support/files/temporary-folder.ts";
import { readTextFile } from "../src/text-file.ts";

test("a text file is read, or refused with a reason", async (t) => {
  using folder = temporaryFolder("troupe-text");
  const path = join(folder.path, "a");
  t.like(await readTextFile(path), { refused: "ENOENT", isMissing: true });
  t.like(await readTextFile(folder.path), { refused: "it is no file", isMissing: false });
  writeFileSync(path, "größer");
  t.deepEqual(await readTextFile(path), { text: "größer" });
  writeFileSync(path, Uint8Array.of(0xff));
  t.like(await readTextFile(path), { refused: "it is no UTF-8 text", isMissing: false });
  writeFileSync(path, new Uint8Array(2 ** 20 + 1));
  t.like(await readTextFile(path), { refused: "it has 1048577 bytes, allowed are 1048576" });
});
