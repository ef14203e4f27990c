// The rules of the house that keep timers and slow rates out of tests, as the linter runs them.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const exceptions = new URL("../../scripts/lint/exceptions.js", import.meta.url).href;

interface Findings {
  readonly diagnostics: readonly { readonly message: string; readonly filename: string }[];
}

/** Lints texts of modules with one rule. @returns The index of the text before each message. */
function lint(
  rule: string,
  texts: readonly string[],
  plugin = join(root, "scripts/house-rules.js"),
) {
  using folder = temporaryFolder("house-rules");
  const config = join(folder.path, "config.json");
  const rules = { [rule]: "error" };
  const categories = { correctness: "off" };
  writeFileSync(config, JSON.stringify({ jsPlugins: [plugin], categories, rules }));
  for (const [at, text] of texts.entries()) writeFileSync(join(folder.path, `${at}.ts`), text);
  const words = ["node_modules/oxlint/bin/oxlint", "-c", config, "--format=json", folder.path];
  const { stdout } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as Findings;
  return diagnostics
    .map(({ filename, message }) => `${/(\d+)\.ts$/.exec(filename)?.[1]} ${message}`)
    .toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

const indexesOf = (findings: readonly string[]): number[] => findings.map((text) => parseInt(text));

test("house/real-time finds each timer of the real clock once", (t) => {
  const wrong = [
    "setTimeout(() => {}, 20);",
    "const timer = setInterval(look, 20);",
    "await new Promise((resolve) => setTimeout(resolve, 5));",
    "globalThis.setTimeout(look);",
    "const pause = promisify(setTimeout);",
    'import { setTimeout as delay } from "node:timers/promises";',
    'import { scheduler } from "timers/promises";',
    'import * as timers from "node:timers/promises";',
    'await import("node:timers/promises");',
    "Atomics.wait(words, 0, 0, 900);",
    "await Atomics.waitAsync(words, 0, 0, 900).value;",
    "fetch(url, { signal: AbortSignal.timeout(1_000) });",
    "const program = `const { a } = b; setTimeout(() => {}, 100);`;",
    'const program = "setInterval(() => {}, 100)";',
    "const timers = { setTimeout };",
  ];
  t.deepEqual(indexesOf(lint("house/real-time", wrong)), [...wrong.keys()]);
});

test("house/real-time takes no other name and no wait without a time for a timer", (t) => {
  const right = [
    "socket.setTimeout(1_000);",
    "const fake = { setTimeout: () => {} };",
    "fake.setInterval(look, 20);",
    'import { setImmediate } from "node:timers/promises";',
    "Atomics.wait(words, 0, 0);",
    "setImmediate(look);",
    'const title = "setTimeout is not used";',
  ];
  t.deepEqual(lint("house/real-time", right), []);
});

test("house/slow-rates finds rates below 1 MB/s", (t) => {
  const wrong = [
    "join({ limits: { down: 200_000 } });",
    "pacedSeeder({ bytesPerSecond: 400e3 });",
    "pacedSeeder({ bytesPerSecond: 8 * 1024 });",
    "leech({ downKibibytesPerSecond: 900 });",
    "const relayBytesPerSecond = 20_000;",
    'const words = ["--down", "200k"];',
    "const line = `download --up 999k --json`;",
    'set({ "uploadLimit": 1 << 19 });',
  ];
  t.deepEqual(indexesOf(lint("house/slow-rates", wrong)), [...wrong.keys()]);
});

test("house/slow-rates finds no quick rate, and no number that is no rate", (t) => {
  const right = [
    "join({ limits: { down: 1_000_000, up: 0 } });",
    "pacedSeeder({ bytesPerSecond: 2 << 20 });",
    "leech({ downKibibytesPerSecond: 1_000 });",
    "pacedSeeder({ bytesPerSecond: rate });",
    'const words = ["--down", "12M", "--give-up", "10"];',
    "const progress = { downloaded: 5, uploadSlots: 4 };",
  ];
  t.deepEqual(lint("house/slow-rates", right), []);
});

test("an exception is not reported, and is reported when it needs none", (t) => {
  using folder = temporaryFolder("house-plugin");
  const plugin = join(folder.path, "plugin.js");
  const rule = `import { exceptFor, pathOf } from ${JSON.stringify(exceptions)};
    const visit = (report) => ({ DebuggerStatement: (node) => report(node, "found") });
    const create = (context) => exceptFor(/[12]\\.ts$/.test(context.filename) ? [pathOf(context)] : [], visit)(context);
    export default { meta: { name: "tried" }, rules: { rule: { create } } };`;
  writeFileSync(plugin, rule);
  const findings = lint("tried/rule", ["debugger;", "debugger;", "look();", "look();"], plugin);
  t.deepEqual(findings.length, 2);
  t.is(findings[0], "0 found");
  t.regex(findings[1] ?? "", /^2 is no exception any more/);
});

test("lists of exceptions have a bound, files that exist, and a reason for each", async (t) => {
  const { faultsOf } = (await import(exceptions)) as {
    faultsOf: (most: number, ...lists: (readonly [string, string])[][]) => string[];
  };
  t.deepEqual(
    faultsOf(1, [["package.json", "It is needed."]], [["README.md", "It is needed."]]),
    [],
  );
  const wrong: [string, string][] = [
    ["package.json", " "],
    ["nothing.ts", "It is needed."],
  ];
  t.deepEqual(faultsOf(1, wrong, [["package.json", "It is needed."]]), [
    "2 exceptions, allowed are 1",
    "package.json has no reason",
    "nothing.ts does not exist",
    "package.json is listed twice",
  ]);
});
