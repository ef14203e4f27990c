// docs/load-testing.md, held to the catalogue of misbehaving peers.

import test from "ava";
import { catalogue } from "@troupe/load-peers/misbehaving";
import { readRepositoryFile } from "../support/files/repository.ts";

test("the table of misbehaving peers has every kind that dials, with its sentence, and no other", (t) => {
  const page = readRepositoryFile("docs/load-testing.md");
  const [, section = ""] = page.split("### Misbehaving peers\n");
  const [table = ""] = section.split("\n## ");
  const rows = [...table.matchAll(/^\| `([\w-]+)` +\| (.+?) +\|$/gm)].map(([, name, does]) => [
    name,
    does,
  ]);
  const due = catalogue.filter(({ isDialled }) => isDialled !== true);
  t.deepEqual(
    rows,
    due.map(({ name, does }) => [name, does]),
  );
});
