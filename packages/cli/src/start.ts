// Starts the command: the joined modules when they are as new as the sources, else the sources.

import { freshBundle } from "./bundle.ts";
import { startQuickly } from "./quick-start.ts";

startQuickly();
const bundle = freshBundle();
const { runProcess } =
  bundle === undefined
    ? await import("./run-process.ts")
    : ((await import(bundle.href)) as typeof import("./run-process.ts"));
await runProcess();
