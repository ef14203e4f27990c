// Programs of users compile on: what the packages declared stays, and more may come.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { root } from "../support/files/repository.ts";
import {
  declarationsOf,
  missingMembers,
  nodeModulesBehind,
  type Declarations,
} from "./declarations.ts";
import { packageEntries } from "./exports.ts";

const recorded = new URL("test/fixtures/public-declarations.json", root);
/** The package `troupe` has the first two as its main entry, the third as `troupe/load-tester`. */
const publicEntries = {
  "@troupe/coordinator": "packages/coordinator/src/index.ts",
  "@troupe/dht-worker": "packages/dht-worker/src/index.ts",
  "@troupe/load-tester": "packages/load-tester/src/index.ts",
} as const;

test("what the packages for users declared is still declared", (t) => {
  const compiler = fileURLToPath(new URL("node_modules/.bin/tsc", root));
  execFileSync(compiler, ["-b", "tsconfig.json"], { cwd: root, stdio: "inherit" });
  const entries = packageEntries();
  const now: Record<string, Declarations> = {};
  for (const [name, path] of Object.entries(publicEntries)) {
    now[name] = declarationsOf(path, entries);
    t.true(Object.values(now[name]).every((members) => members.length > 0));
  }
  if (process.env["RECORD"] === "1") writeFileSync(recorded, `${JSON.stringify(now, null, 1)}\n`);
  const before = JSON.parse(readFileSync(recorded, "utf8")) as Record<string, Declarations>;
  const gone = Object.entries(before).flatMap(([name, declarations]) =>
    missingMembers(declarations, now[name] ?? {}).map((member) => `${name} ${member}`),
  );
  t.deepEqual(gone, []);
  t.true(Object.keys(before["@troupe/coordinator"] ?? {}).length > 80);
});

test("programs compile against the declarations for users without the types of Node", (t) => {
  const entries = packageEntries();
  for (const path of Object.values(publicEntries))
    t.deepEqual(nodeModulesBehind(path, entries), []);
  // The search finds those that there are.
  const internal = "packages/coordinator/src/api/create/walk-folder.ts";
  t.deepEqual(nodeModulesBehind(internal, entries), [`${internal}: node:fs`]);
});

test("a name, a member, or an alternative that goes is missed; those that come are not", (t) => {
  const before = { A: ["interface A", "readonly x: number"], B: ["type B =", '"one"', '"two"'] };
  const now = { A: ["interface A", "readonly x: number", "y?: string"], B: ["type B =", '"two"'] };
  t.deepEqual(missingMembers(before, now), ['B: "one"']);
  t.deepEqual(missingMembers({ ...before, C: ["const C: 1;"] }, { A: now.A, B: before.B }), [
    "C: const C: 1;",
  ]);
});
