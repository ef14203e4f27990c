export default {
  files: ["test/interop/load-*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  // A load test judges times, so that it has the machine to itself.
  concurrency: 1,
  timeout: "10m",
};
