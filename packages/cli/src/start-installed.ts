// Starts the package `troupe`, which has joined modules and no sources.

import { startsAsModules } from "./bundle.ts";
import { useEfficiencyMode } from "./v8-efficiency-mode.ts";
import { startQuickly, startScript } from "./quick-start.ts";

startQuickly();
if (process.argv.includes("load-test")) useEfficiencyMode();
if (startsAsModules(process.argv)) {
  const { runProcess } = await import("./run-process.ts");
  await runProcess();
} else {
  startScript(new URL("run-process.js", import.meta.url));
}
