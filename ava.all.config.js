import single from "./ava.config.js";
import { groupTests } from "./scripts/group-tests.ts";

const others = single.files.filter((pattern) => !pattern.startsWith("packages/"));

export default { ...single, files: [...groupTests(), ...others] };
