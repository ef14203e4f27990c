import single from "./ava.config.js";

export default { ...single, files: ["test/storage/**/*.test.ts"] };
