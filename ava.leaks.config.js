export default {
  files: ["test/leaks/**/*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  // Most of the time passes until trackers are asked again. Each file has a network of its own.
  concurrency: 2,
  timeout: "4m",
};
