import test from "ava";
import fc from "fast-check";

import { ExtensionIds } from "../../../src/extensions/plugins/extension-ids.ts";

test("AE27: a name keeps its id, and the id of a name that is gone is given last", (t) => {
  const ids = new ExtensionIds(5);
  t.deepEqual(ids.replace(["a", "b"]), [5, 6]);
  t.deepEqual(ids.replace(["b", "c"]), [6, 7]);
  t.deepEqual(ids.replace(["a"]), [8]);
  for (let round = 0; round < 247; round++) ids.replace([`name ${round}`]);
  t.deepEqual(ids.replace(["last"]), [5]);
});

test("AE27: ids are different, and never ours", (t) => {
  const names = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 16 });
  fc.assert(
    fc.property(fc.array(names, { maxLength: 60 }), (rounds) => {
      const ids = new ExtensionIds(5);
      return rounds.every((round) => {
        const given = ids.replace(round.map(String));
        return new Set(given).size === round.length && given.every((id) => id >= 5 && id <= 255);
      });
    }),
  );
  t.pass();
});
