import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { workerUrls, type WorkerUrlsOption } from "../../src/options/worker-urls.ts";
import { workerFiles } from "../../src/options/worker-files.ts";

/** A folder with every worker file, empty. */
function folderOfWorkers(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), "workers-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of workerFiles) writeFileSync(join(folder, `${name}.js`), "");
  return folder;
}

test("without the option no file has an address of its own", (t) => {
  t.deepEqual(workerUrls(undefined), {});
});

test("a folder holds every file by its name, as a path or as an address with or without a slash", (t) => {
  const folder = folderOfWorkers(t);
  const { href } = pathToFileURL(folder);
  const expected = Object.fromEntries(workerFiles.map((name) => [name, `${href}/${name}.js`]));
  for (const given of [folder, `${folder}/`, href, new URL(`${href}/`)]) {
    t.deepEqual(workerUrls(given), expected);
  }
});

test("files that the table leaves out keep their place", (t) => {
  const path = join(folderOfWorkers(t), "engine.worker.js");
  t.deepEqual(workerUrls({ "engine.worker": path }), {
    "engine.worker": pathToFileURL(path).href,
  });
});

const refused = test.macro((t, given: unknown, code: string, message: RegExp) => {
  t.throws(() => workerUrls(given as WorkerUrlsOption), { code, message });
});

test("an unknown name is refused", refused, { engine: "/a.js" }, "option-out-of-range", /engine;/);
test("a number is refused", refused, { "hash.task": 5 }, "option-out-of-range", /is 5; allowed/);
test("a web address is refused", refused, "https://a/", "option-out-of-range", /https:\/\/a\//);
test(
  "the error names a missing file",
  refused,
  { "hash.task": "/nowhere/hash.task.js" },
  "worker-file-not-found",
  /\/nowhere\/hash\.task\.js; see docs\/embedding\.md$/,
);
