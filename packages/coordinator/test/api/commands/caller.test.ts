import type { Right } from "@troupe/control";
import test from "ava";
import { isElsewhere, requireRight } from "../../../src/api/commands/caller.ts";

const rights: readonly Right[] = ["read", "control", "local"];

test("a right has all that the rights before it have", (t) => {
  for (const [place, right] of rights.entries())
    for (const [neededPlace, needed] of rights.entries()) {
      const require = (): void => requireRight({ right }, "command x", needed);
      if (neededPlace <= place) t.notThrows(require);
      else
        t.throws(require, {
          code: "not-permitted",
          message: `command x needs the right ${needed}; the caller has the right ${right}`,
        });
    }
});

test("only a local caller is of this machine", (t) => {
  t.deepEqual(
    rights.map((right) => isElsewhere({ right })),
    [true, true, false],
  );
});
