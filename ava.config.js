import { join } from "node:path";

// `npx ava FILE` runs a file by hand; `pnpm test` and all other runs come from scripts/tests/main.ts.
export default {
  files: [
    "packages/*/test/**/*.test.ts",
    "test/**/*.test.ts",
    "dist/test-groups/*/*.test.ts",
    "!**/support/**",
    "!**/fixtures/**",
  ],
  extensions: ["ts"],
  // Child processes: isMainThread is true and parentPort is null, as in production.
  workerThreads: false,
  // One test at a time: with many on one event loop each timer, socket and limit of the product would be late.
  serial: true,
  // Time without an event after which a run by hand ends.
  timeout: "20m",
  require: ["./scripts/tests/watch.ts", "./scripts/tests/use-bundled-threads.ts"],
  // Each file is a process of its own: without it each strips the types of the same modules again, half of all the work.
  environmentVariables: {
    NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compiled"),
  },
};
