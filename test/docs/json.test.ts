// docs/json.md, held to the events that the command writes.

import test from "ava";
import { constantEvents, jsonEvents } from "../../packages/cli/src/output/json-events.ts";
import { readRepositoryFile } from "../support/files/repository.ts";

const page = readRepositoryFile("docs/json.md");
const rows = [...page.matchAll(/^\| `([\w-]+)` \| .+? \| (.+) \|$/gm)].map(
  ([, name, fields = ""]) => [name, namesOf(fields)] as const,
);

/** The fields of a row, without the words in brackets. */
function namesOf(cell: string): string[] {
  return [...cell.replaceAll(/\([^)]*\)/g, "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

test("the page has every event with every field, in the order of the code, and no other", (t) => {
  t.deepEqual(
    rows,
    Object.entries(jsonEvents).map(([name, { fields }]) => [name, [...fields]] as const),
  );
});

test("the page names the events that a slow reader may miss, and those that are never left out", (t) => {
  const [, list = ""] = /beyond 4 MiB the lines of ([^.]+?) are left out/s.exec(page) ?? [];
  const spare = Object.entries(jsonEvents).filter(([, { importance }]) => importance === "spare");
  t.deepEqual(
    [...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
    spare.map(([name]) => name),
  );
  t.true(
    page.includes(`never leaves out ${constantEvents.map((one) => `\`${one}\``).join(" and ")}`),
  );
});
