export default {
  files: ["test/interop/**/*.test.ts", "!test/interop/load-*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  // Most of the time passes until clients announce again or look once more: two files share the cores.
  concurrency: 2,
  timeout: "6m",
};
