export default {
  files: [
    "test/interop/**/*.test.ts",
    "!test/interop/load-*.test.ts",
    "test/leaks/**/*.test.ts",
    "test/page/**/*.test.ts",
  ],
  extensions: ["ts"],
  workerThreads: false,
  // Most of the time passes until clients and trackers announce again or look once more: three files share two cores.
  concurrency: 3,
  timeout: "6m",
};
