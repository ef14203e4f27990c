// Loaded into a seeder before its own code, in each of its threads: every disk read takes 5 ms longer.

const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const pauseMs = 5;
const nothing = new Int32Array(new SharedArrayBuffer(4));

for (const name of ["readSync", "readvSync"]) {
  const read = fs[name];
  fs[name] = (...args) => {
    Atomics.wait(nothing, 0, 0, pauseMs);
    return read(...args);
  };
}
syncBuiltinESMExports();
