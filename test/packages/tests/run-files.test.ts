// Failures of test files: which a second run forgives, and that none is lost.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { root } from "../../../scripts/tests/root.ts";
import { runFiles } from "../../../scripts/tests/run-files.ts";

/** Writes a test file, which goes with the test. */
function writeTests(t: ExecutionContext, name: string, body: string): string {
  const folder = `dist/test-groups/tried-${process.pid}`;
  const path = `${folder}/${name}.test.ts`;
  mkdirSync(join(root, folder), { recursive: true });
  const imports = `import { existsSync, writeFileSync } from "node:fs";\nimport test from "ava";\n`;
  writeFileSync(join(root, path), `${imports}void [existsSync, writeFileSync];\n${body}`);
  t.teardown(() => rmSync(join(root, folder), { recursive: true, force: true }));
  return path;
}

const titlesOf = (failures: readonly { readonly title: string }[]): readonly string[] =>
  failures.map(({ title }) => title);

test("a test that fails and then passes is unstable with a seed, and a failure in lane D", async (t) => {
  const mark = join(root, `dist/tried-${process.pid}`);
  t.teardown(() => rmSync(mark, { force: true }));
  const file = writeTests(
    t,
    "once",
    `test("fails once", (t) => {
       const was = existsSync(${JSON.stringify(mark)});
       writeFileSync(${JSON.stringify(mark)}, "");
       t.true(was);
     });
     test("is fine", (t) => t.pass());`,
  );
  const seeded = await runFiles([file], { seed: 1 });
  t.deepEqual([seeded.passed, titlesOf(seeded.unstable), seeded.failures], [2, ["fails once"], []]);
  rmSync(mark);
  const strict = await runFiles([file]);
  t.deepEqual([strict.passed, titlesOf(strict.failures)], [1, ["fails once"]]);
});

test("a process that dies fails each test that it did not end", async (t) => {
  const file = writeTests(
    t,
    "dies",
    `test("first", (t) => t.pass());
     test("dies", async (t) => {
       process.kill(process.pid, "SIGKILL");
       await new Promise(() => undefined);
       t.pass();
     });
     test("after", (t) => t.pass());`,
  );
  const { passed, failures } = await runFiles([file]);
  t.is(passed, 1);
  t.deepEqual(
    titlesOf(failures).filter((title) => title !== ""),
    ["dies", "after"],
  );
});

test("a rejection beside a test that passes is a failure, and so is a file without tests", async (t) => {
  const rejecting = writeTests(
    t,
    "rejects",
    `test("passes", (t) => { void Promise.reject(new Error("beside")); t.pass(); });`,
  );
  const { failures } = await runFiles([rejecting]);
  t.true(failures.some(({ text }) => text.includes("beside")));
  const empty = writeTests(t, "empty", "");
  t.not((await runFiles([empty])).failures.length, 0);
});
