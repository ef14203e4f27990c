// docs/scenario-reference.md, held to the catalogue of misbehaving peers.

import { catalogue } from "@troupe/load-peers/misbehaving";
import test from "ava";
import { readRepositoryFile } from "../support/files/repository.ts";

test("the page has a row for each misbehaving peer that dials, and for no other", (t) => {
  const [, table = ""] = readRepositoryFile("docs/scenario-reference.md").split(
    "## Misbehaving peers\n",
  );
  const names = [...table.matchAll(/^\| `([\w-]+)` \| /gm)].map(([, name]) => name);
  const due = catalogue.filter(({ isDialled }) => isDialled !== true);
  t.deepEqual(
    names,
    due.map(({ name }) => name),
  );
});
