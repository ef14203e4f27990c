// The scenarios of docs/load-testing.md.

import { readFileSync } from "node:fs";
import test from "ava";
import { planOf } from "../../src/plan/plan-of.ts";
import { behaviours } from "../../src/scenario/schema/group-schema.ts";
import { read } from "../support/scenarios.ts";

const page = readFileSync(new URL("../../../../docs/load-testing.md", import.meta.url), "utf8");
const files = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = ""]) => text);

test("every scenario of the documentation is read, and has a plan", (t) => {
  t.true(files.length >= 2);
  for (const text of files) t.true(planOf(read(text)).visits.length >= 10);
});

test("the documentation names every behaviour", (t) => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, name = ""]) => name);
  for (const behaviour of behaviours) t.true(rows.includes(behaviour), behaviour);
});

test("the wrong file of the documentation gives the sentence of the documentation", (t) => {
  const [longest = ""] = files.toSorted((a, b) => b.length - a.length);
  const wrong = longest.replace("behaviour: leecher", "behaviour: leacher");
  const { message } = t.throws(() => read(wrong));
  t.true(page.includes(message.replace("test.yaml", "evening.yaml")), message);
});
