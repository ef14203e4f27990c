import all from "./ava.all.config.js";

// Left out: whole engines together, what machines and peers do to them, and the inputs that the fuzzer has found.
const slow = [
  "chaos",
  "crash",
  "damage",
  "faults",
  "fuzz",
  "hostile",
  "integration",
  "simulation",
  "storage",
];

export default { ...all, files: [...all.files, ...slow.map((folder) => `!test/${folder}/**`)] };
