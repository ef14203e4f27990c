import { systemModule } from "./system-module.ts";

let isForSpeed = false;

/**
 * Ends V8's efficiency mode, in which the command runs: it leaves a loop to a compiler whose code takes up to three times as
 * long. All threads of the process share the mode. Without it nothing changes.
 */
export function compileForSpeed(): void {
  if (isForSpeed) return;
  isForSpeed = true;
  systemModule("node:v8").setFlagsFromString("--no-efficiency-mode");
}
