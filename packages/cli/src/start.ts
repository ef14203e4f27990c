// Starts the joined modules if they are up to date, else the sources.

import { freshBundle } from "./bundle.ts";
import { startQuickly } from "./quick-start.ts";

startQuickly();
const bundle = freshBundle();
const { runProcess } =
  bundle === undefined
    ? await import("./run-process.ts")
    : ((await import(bundle.href)) as typeof import("./run-process.ts"));
await runProcess();
