// Engines of tests and benches send nothing to the machines around them.

import test from "ava";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";

/** This file, and programs outside this repository's modules, which bind loopback addresses alone. */
const others = [
  "test/structure/quiet-engines.test.ts",
  "test/install/project.ts",
  "test/fixtures/state-folder/make.ts",
];

test("tests and benches start coordinators with the options `quiet`", (t) => {
  const files = listTrackedFiles("test/*.ts", "bench/*.ts").filter(
    (path) => !others.includes(path) && readRepositoryFile(path).includes("Coordinator.start("),
  );
  t.true(files.length > 20, `${files.length} files`);
  const loud = files.filter((path) => !/\.\.\.(?:quiet|local)\b/.test(readRepositoryFile(path)));
  t.deepEqual(loud, []);
});
