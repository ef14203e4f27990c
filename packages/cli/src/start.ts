// Starts the joined modules if they are up to date, else the sources.

import { bundleFolder, freshBundle, startsAsModules, wantsSources } from "./bundle.ts";
import { useEfficiencyMode } from "./v8-efficiency-mode.ts";
import { startQuickly, startScript } from "./quick-start.ts";

startQuickly();
if (process.argv.includes("load-test")) useEfficiencyMode();
const isModules = startsAsModules(process.argv);
const bundle = wantsSources() ? undefined : freshBundle(bundleFolder, isModules);
if (bundle !== undefined && !isModules) {
  startScript(bundle);
} else {
  const { runProcess } =
    bundle === undefined
      ? await import("./run-process.ts")
      : ((await import(bundle.href)) as typeof import("./run-process.ts"));
  await runProcess();
}
