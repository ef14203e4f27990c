// Starts the joined modules if they are up to date, else the sources.

import { bundleFolder, freshBundle } from "./bundle.ts";
import { useEfficiencyMode } from "./v8-efficiency-mode.ts";
import { startQuickly, startScript } from "./quick-start.ts";

startQuickly();
const isLoadTest = process.argv.includes("load-test");
if (isLoadTest) useEfficiencyMode();
const bundle = freshBundle(bundleFolder, isLoadTest);
if (bundle !== undefined && !isLoadTest) {
  startScript(bundle);
} else {
  const { runProcess } =
    bundle === undefined
      ? await import("./run-process.ts")
      : ((await import(bundle.href)) as typeof import("./run-process.ts"));
  await runProcess();
}
