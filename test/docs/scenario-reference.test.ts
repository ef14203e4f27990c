// docs/scenario-reference.md, held to the schema of scenario files and to the catalogue of misbehaving peers.

import { catalogue } from "@troupe/load-peers/misbehaving";
import test from "ava";
import { scenarioReference } from "../../scripts/scenario-reference.ts";
import { readRepositoryFile } from "../support/files/repository.ts";

test("docs/scenario-reference.md is as its script writes it", (t) => {
  t.is(readRepositoryFile("docs/scenario-reference.md"), scenarioReference());
});

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
