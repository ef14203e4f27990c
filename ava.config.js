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
  timeout: "60s",
};
