export type { Caller } from "./caller.ts";
export { CommandRunner } from "./command-runner.ts";
export { folderBelowRoots } from "./folder-below.ts";
