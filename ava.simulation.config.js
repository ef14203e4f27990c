export default {
  files: ["test/simulation/**/*.test.ts"],
  extensions: ["ts"],
  workerThreads: false,
  // `SEEDS=500 pnpm test:simulation`: one seed after the other, each with a time-out of its own.
  timeout: "21m",
  environmentVariables: { SIMULATION: "long", TROUPE_LANE: "long" },
};
