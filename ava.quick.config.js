import all from "./ava.config.js";

// Left out: what the machine does to an engine (crashes, damage, hung disks), and what peers do to it. They wait for much.
const slow = ["chaos", "crash", "damage", "faults", "hostile", "simulation"];

export default { ...all, files: [...all.files, ...slow.map((folder) => `!test/${folder}/**`)] };
