export default {
  files: [
    "packages/*/test/**/*.test.ts",
    "test/**/*.test.ts",
    "!test/interop/**",
    "!test/torrents/**",
    "!**/support/**",
    "!**/fixtures/**",
  ],
  extensions: ["ts"],
  // Child processes: isMainThread is true and parentPort is null, as in production.
  workerThreads: false,
  // Most of what takes long waits for clocks of other programs: twice as many files as there are cores.
  concurrency: 4,
  timeout: "60s",
};
