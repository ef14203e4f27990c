// When a run with tests that passed at a second try fails all the same.

import test from "ava";
import { importsOf, reachesChange, touchesDirectly } from "../../../scripts/tests/change.ts";
import { reasonsAgainst } from "../../../scripts/tests/unstable.ts";

const file = "packages/protocol/test/peer/bitfield.test.ts";
const source = "packages/protocol/src/peer/bitfield.ts";
const calm = { base: "HEAD~1", files: new Set<string>() };
const unstable = (path: string) => ({ file: path, title: "holds", text: "" });

test("a few unstable files pass, four do not", (t) => {
  const files = ["a", "b", "c", "d"].map((name) => unstable(`packages/${name}.test.ts`));
  t.deepEqual(reasonsAgainst(files.slice(0, 3), calm), []);
  t.is(reasonsAgainst(files, calm).length, 1);
});

test("an unstable test fails if the change touches it or a source that it imports itself", (t) => {
  for (const touched of [file, source]) {
    const change = { base: "HEAD~1", files: new Set([touched]) };
    t.true(touchesDirectly(file, change));
    t.is(reasonsAgainst([unstable(file)], change).length, 1);
  }
  t.deepEqual(reasonsAgainst([unstable(file)], calm), []);
});

test("a changed source reaches what imports it, through other files", (t) => {
  const entry = "packages/protocol/src/bytes/index.ts";
  const [part = ""] = importsOf(entry);
  const change = { base: "HEAD~1", files: new Set([part]) };
  t.true(reachesChange(entry, change));
  t.true(reachesChange(file, { ...change, files: new Set([source]) }));
  t.false(reachesChange("packages/protocol/src/errors.ts", change));
});
