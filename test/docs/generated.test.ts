// Files that are made from tables are as their tables say.

import test from "ava";
import { generatedFiles } from "../../scripts/generate.ts";
import { readRepositoryFile } from "../support/files/repository.ts";

for (const [path, text] of Object.entries(generatedFiles())) {
  test(`${path} is as \`pnpm generate\` writes it`, (t) => {
    t.is(readRepositoryFile(path), text, "a table has changed: run `pnpm generate`");
  });
}
