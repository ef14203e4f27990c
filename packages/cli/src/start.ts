// Starts the joined modules if they are up to date, else the sources.

import { bundleFolder, freshBundle } from "./bundle.ts";
import { startQuickly } from "./quick-start.ts";

startQuickly();
const bundle = freshBundle(bundleFolder, process.argv.includes("load-test"));
const { runProcess } =
  bundle === undefined
    ? await import("./run-process.ts")
    : ((await import(bundle.href)) as typeof import("./run-process.ts"));
await runProcess();
