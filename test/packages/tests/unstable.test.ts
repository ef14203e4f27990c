// When a run with tests that passed at a second try fails all the same.

import test from "ava";
import { reachedBy, readChange, touchedBy } from "../../../scripts/tests/change.ts";
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
    t.deepEqual(touchedBy(change, [file]), [file]);
    t.is(reasonsAgainst([unstable(file)], change).length, 1);
  }
  t.deepEqual(reasonsAgainst([unstable(file)], calm), []);
});

test("a changed source reaches what imports it through other files, and what starts it as a thread", (t) => {
  const reached = reachedBy({ ...calm, files: new Set([source]) });
  t.true(reached.has(source));
  t.true(reached.has("packages/protocol/src/peer/index.ts"));
  t.true(reached.has(file));
  t.false(reached.has("packages/protocol/test/errors.test.ts"));
  const thread = "packages/hash-worker/src/hash/hash.task.ts";
  t.true(reachedBy({ ...calm, files: new Set([thread]) }).size > 1);
});

test("a base that is no commit is refused", (t) => {
  const known = process.env["TROUPE_BASE"];
  process.env["TROUPE_BASE"] = "no-such-commit";
  t.teardown(() => {
    if (known === undefined) delete process.env["TROUPE_BASE"];
    else process.env["TROUPE_BASE"] = known;
  });
  t.throws(readChange, { message: "TROUPE_BASE: no commit is called no-such-commit" });
});
