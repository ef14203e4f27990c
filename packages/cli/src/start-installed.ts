// Starts the package `troupe`, which has joined modules and no sources.

import { startQuickly } from "./quick-start.ts";

startQuickly();
const { runProcess } = await import("./run-process.ts");
await runProcess();
