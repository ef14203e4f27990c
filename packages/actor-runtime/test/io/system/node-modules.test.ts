import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { nodeModules } from "../../../src/io/system/node-modules.ts";

test("AE27: a module is loaded by its URL, and its errors are those of the load", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "modules-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return pathToFileURL(join(folder, name)).href;
  };
  t.is(await nodeModules.load(write("good.mjs", "export default 7")), 7);
  t.is(await nodeModules.load(write("empty.mjs", "")), undefined);
  const broken = write("broken.mjs", "throw new RangeError('no')");
  await t.throwsAsync(nodeModules.load(broken), { instanceOf: RangeError, message: "no" });
  const missing = pathToFileURL(join(folder, "missing.mjs")).href;
  await t.throwsAsync(nodeModules.load(missing), { code: "ERR_MODULE_NOT_FOUND" });
});
