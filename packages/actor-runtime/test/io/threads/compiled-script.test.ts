// V8 compares the length of a script alone with the code that it is given: a script of the same length that runs with the
// code of another says the other's word.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import test, { type ExecutionContext } from "ava";

const module = new URL("../../../src/io/threads/compiled-script.ts", import.meta.url);
const digest = "a".repeat(64);
const otherDigest = "b".repeat(64);

interface Place {
  readonly script: string;
  readonly cache: string;
  /** The files with code. */
  kept(): string[];
}

async function makePlace(t: ExecutionContext): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "troupe-script-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const cache = join(folder, "cache");
  const kept = (): string[] =>
    readdirSync(cache, { recursive: true, withFileTypes: true })
      // Node keeps code of its own in the same folder.
      .filter((entry) => entry.isFile() && entry.parentPath.includes("scripts-"))
      .map((entry) => join(entry.parentPath, entry.name));
  return { script: join(folder, "thread.js"), cache, kept };
}

/**
 * A script that posts `word`, and has its code kept where that is due.
 *
 * @param flag Flag of V8, which changes while the script runs.
 */
function write({ script }: Place, word: string, digits: string, flag?: string): void {
  const set = (words: string): string =>
    flag === undefined
      ? ""
      : `process.getBuiltinModule("node:v8").setFlagsFromString("${words}${flag}");`;
  const text = `(function () {
    const { parentPort } = process.getBuiltinModule("node:worker_threads");
    function say() { parentPort.postMessage("${word}"); }
    say();
    ${set("--")}
    globalThis[Symbol.for("troupe.script")].save();
    ${set("--no-")}
  })();`;
  writeFileSync(script, `/*${digits}*/\n${text}\n`);
}

async function run({ script, cache }: Place): Promise<unknown> {
  const { resolve, promise } = Promise.withResolvers<unknown>();
  const code = `import(${JSON.stringify(module.href)}).then((it) => it.runScript(process.argv[2]))`;
  const env = { NODE_COMPILE_CACHE: cache };
  const worker = new Worker(code, { eval: true, argv: [script], env });
  worker.on("message", resolve);
  const ended = new Promise((done, failed) => worker.on("exit", done).on("error", failed));
  const [word] = await Promise.all([promise, ended]);
  return word;
}

test("a script runs with the code that an earlier run has kept", async (t) => {
  const place = await makePlace(t);
  write(place, "first", digest);
  t.is(await run(place), "first");
  write(place, "other", digest);
  t.is(await run(place), "first");
});

// Alone: a flag holds for the process.
test.serial("a script runs with the code that was kept under a later flag of V8", async (t) => {
  const place = await makePlace(t);
  const flag = "efficiency-mode-disable-turbofan";
  write(place, "first", digest, flag);
  t.is(await run(place), "first");
  write(place, "other", digest, flag);
  t.is(await run(place), "first");
});

test("a script with another digest is compiled anew, and its code is kept instead", async (t) => {
  const place = await makePlace(t);
  write(place, "first", digest);
  await run(place);
  write(place, "other", otherDigest);
  t.is(await run(place), "other");
  write(place, "first", otherDigest);
  t.is(await run(place), "other");
  t.is(place.kept().length, 1);
});

test("the third run keeps no code again", async (t) => {
  const place = await makePlace(t);
  write(place, "first", digest);
  await run(place);
  const inodeOf = ([file = ""]: string[]): number => statSync(file).ino;
  const inodes = [inodeOf(place.kept())];
  for (let count = 0; count < 2; count++) {
    await run(place);
    inodes.push(inodeOf(place.kept()));
  }
  t.not(inodes[1], inodes[0]);
  t.is(inodes[2], inodes[1]);
});

for (const [what, damage] of [
  ["whose end is gone", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ["with a sector of zeros", (bytes: Buffer) => bytes.fill(0, 512, 1_024)],
  ["that is empty", (bytes: Buffer) => bytes.subarray(0, 0)],
] as const) {
  test(`code ${what} is not run`, async (t) => {
    const place = await makePlace(t);
    write(place, "first", digest);
    await run(place);
    const [file = ""] = place.kept();
    writeFileSync(file, damage(readFileSync(file)));
    write(place, "other", digest);
    t.is(await run(place), "other");
  });
}

test("without a folder for code a script is compiled in each run", async (t) => {
  const place = await makePlace(t);
  const homeless = { ...place, cache: "" };
  write(place, "first", digest);
  t.is(await run(homeless), "first");
  write(place, "other", digest);
  t.is(await run(homeless), "other");
});
