// Reports of load tests that the joined modules write, without the sources and libraries beside them.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { reportHtml } from "../../packages/load-tester/src/report/report-html.ts";
import { syntheticResult } from "../../packages/load-tester/test/support/synthetic-result.ts";
import { bundleModules, root } from "../../scripts/bundle-modules.ts";

test("joined modules write the report that the sources write, byte for byte", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-joined-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const source = join(root, "packages/load-tester/src/report/report-html.ts");
  const inputs = await bundleModules({ "report-html": source }, folder);
  const joinedFile = join(folder, "report-html.js");
  const joined = (await import(pathToFileURL(joinedFile).href)) as {
    reportHtml: typeof reportHtml;
  };
  const result = syntheticResult({ seconds: 5, groups: ["leech"], measures: ["connect"] });
  t.is(joined.reportHtml([result]), reportHtml([result]));
  t.false((await readFile(joinedFile, "utf8")).includes("stripTypeScriptTypes"));
  t.true(
    inputs.some((path) => path.includes("node_modules/uplot/")),
    "the licence of uPlot is found by its path",
  );
});
