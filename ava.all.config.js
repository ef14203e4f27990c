import single from "./ava.config.js";
import { groupTests } from "./scripts/group-tests.ts";

const others = single.files.filter((pattern) => !pattern.startsWith("packages/"));

/** Its tests run one after the other for longer than others: begun last, they would keep one core of all. */
const isLong = (file) => file.includes("/test/storage/");

export default {
  ...single,
  files: [...groupTests(), ...others],
  sortTestFiles: (one, other) =>
    Number(isLong(other)) - Number(isLong(one)) || (one < other ? -1 : 1),
};
