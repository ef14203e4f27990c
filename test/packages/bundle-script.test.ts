// Scripts of threads, which scripts/bundle-script.ts joins.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import test, { type ExecutionContext } from "ava";
import { bundlePlainly, bundleScripts } from "../../scripts/bundle-script.ts";

/** A folder with the script `thread.js` of one module. */
async function joined(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-joined-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const source = join(folder, "source.ts");
  await writeFile(source, text);
  await bundleScripts({ thread: source }, folder);
  return folder;
}

async function answerOf(file: string): Promise<unknown> {
  const { resolve, reject, promise } = Promise.withResolvers<unknown>();
  const worker = new Worker(file);
  worker.on("message", resolve).on("error", reject);
  return await promise;
}

test("a script loads a system module at its first use", async (t) => {
  const folder = await joined(
    t,
    `import { parentPort } from "node:worker_threads";
    import { isIP } from "node:net";
    const isLoaded = () => process.moduleLoadList.includes("NativeModule net");
    const before = isLoaded();
    parentPort?.postMessage({ before, version: isIP("::1"), after: isLoaded() });`,
  );
  const answer = await answerOf(join(folder, "thread.cjs"));
  t.deepEqual(answer, { before: false, version: 6, after: true });
});

test("a script knows its own address, by whichever file the thread was started", async (t) => {
  const folder = await joined(
    t,
    `import { parentPort } from "node:worker_threads";
    parentPort?.postMessage(new URL("./beside.js", import.meta.url).pathname);`,
  );
  for (const file of ["thread.cjs", "thread.js"]) {
    t.is(await answerOf(join(folder, file)), join(folder, "beside.js"));
  }
});

test("the first line of a script changes with its text", async (t) => {
  const folders = [await joined(t, "console.log(1);"), await joined(t, "console.log(2);")];
  const texts = await Promise.all(
    folders.map((folder) => readFile(join(folder, "thread.js"), "utf8")),
  );
  const lines = texts.map((text) => text.split("\n", 1)[0] ?? "");
  t.regex(lines[0] ?? "", /^\/\*[0-9a-f]{64}\*\/$/);
  t.not(lines[0], lines[1]);
});

test("a file that is joined plainly knows the address of the module beside it", async (t) => {
  const folder = await joined(
    t,
    `import { parentPort } from "node:worker_threads";
    parentPort?.postMessage(import.meta.url);`,
  );
  await bundlePlainly({ plain: join(folder, "source.ts") }, folder);
  const address = await answerOf(join(folder, "plain.cjs"));
  t.is(address, pathToFileURL(join(folder, "plain.js")).href);
});
