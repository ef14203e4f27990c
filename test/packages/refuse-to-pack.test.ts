// Sources are no package: only `pnpm run pack:all` makes packages.

import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("npm pack refuses the sources of a package", (t) => {
  const cwd = `${root}packages/cli`;
  const { status, stderr } = spawnSync("npm", ["pack", "--dry-run"], { cwd, encoding: "utf8" });
  t.not(status, 0);
  t.regex(stderr, /cannot pack @troupe\/cli .*pack:all.*\[not-built\]/);
});

test("every package refuses to be packed from its sources", (t) => {
  const paths = globSync("packages/*/package.json", { cwd: root });
  t.true(paths.length > 5);
  for (const path of paths) {
    const { scripts } = JSON.parse(readFileSync(`${root}${path}`, "utf8")) as {
      readonly scripts?: Readonly<Record<string, string>>;
    };
    t.is(scripts?.["prepack"], "node ../../scripts/refuse-to-pack.cjs", path);
  }
});
