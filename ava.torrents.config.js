export default {
  files: ["test/torrents/**/*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  timeout: "5m",
};
