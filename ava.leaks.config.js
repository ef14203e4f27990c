export default {
  files: ["test/leaks/**/*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  concurrency: 1,
  timeout: "4m",
};
