export default {
  files: ["test/interop/**/*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  // Other clients share two cores and fixed memory: one file at a time.
  concurrency: 1,
  timeout: "5m",
};
