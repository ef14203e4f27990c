import { join } from "node:path";

export default {
  files: [
    "packages/*/test/**/*.test.ts",
    "test/**/*.test.ts",
    "!test/interop/**",
    "!test/leaks/**",
    "!test/page/**",
    "!test/torrents/**",
    "!**/support/**",
    "!**/fixtures/**",
  ],
  extensions: ["ts"],
  // Child processes: isMainThread is true and parentPort is null, as in production.
  workerThreads: false,
  // Most of what takes long waits for clocks of other programs: twice as many files as there are cores.
  concurrency: 4,
  // A run by hand ends after so long without an event.
  timeout: "10m",
  // Each file is a process of its own: without it each strips the types of the same modules again, half of all the work.
  environmentVariables: {
    NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compiled"),
  },
};
