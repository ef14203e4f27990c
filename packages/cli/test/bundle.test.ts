// Which of the two the command runs: what was joined at install, or the sources.

import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { freshBundle, inputsFile } from "../src/bundle.ts";

interface Checkout {
  readonly source: string;
  readonly bundle: string;
  readonly folder: URL;
}

/** A checkout with one source and a bundle that was made of it. */
async function checkout(t: ExecutionContext): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), "troupe-bundle-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const bundle = join(root, "bundle");
  const source = join(root, "main.ts");
  await mkdir(bundle);
  await writeFile(source, "export {};\n");
  const { size, mtimeMs } = await stat(source);
  await writeFile(join(bundle, inputsFile), JSON.stringify([["../main.ts", size, mtimeMs]]));
  return { source, bundle, folder: pathToFileURL(`${bundle}/`) };
}

test("a bundle with unchanged sources runs", async (t) => {
  const { folder } = await checkout(t);
  t.is(freshBundle(folder, false)?.href, new URL("run-process.js", folder).href);
  t.is(freshBundle(folder, true)?.href, new URL("run-modules.js", folder).href);
});

test("after a change of a source the sources run", async (t) => {
  const { source, folder } = await checkout(t);
  await utimes(source, 1, 1);
  t.is(freshBundle(folder), undefined);
});

test("after the removal of a source the sources run", async (t) => {
  const { source, folder } = await checkout(t);
  await rm(source);
  t.is(freshBundle(folder), undefined);
});

test("a call that is no load test runs the bundle after a change of the sources of load tests", async (t) => {
  const { bundle, folder } = await checkout(t);
  const inputs = ["../../load-tester/src/a.ts", "../src/commands/load-test/b.ts"];
  for (const path of inputs) {
    await writeFile(join(bundle, inputsFile), JSON.stringify([[path, 1, 1]]));
    t.is(freshBundle(folder), undefined);
    t.not(freshBundle(folder, false), undefined);
  }
  await writeFile(join(bundle, inputsFile), JSON.stringify([["../src/load-test.ts", 1, 1]]));
  t.is(freshBundle(folder, false), undefined);
});

test("with half a bundle or none the sources run", async (t) => {
  const { bundle, folder } = await checkout(t);
  await writeFile(join(bundle, inputsFile), '[["../main.ts"');
  t.is(freshBundle(folder), undefined);
  await rm(bundle, { recursive: true });
  t.is(freshBundle(folder), undefined);
});
