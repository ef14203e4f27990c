import test from "ava";
import { torrentVariables } from "../../src/programs/index.ts";
import { exampleTorrent } from "../support/example-entry.ts";

test("variables that strangers made are bounded, and have no control characters", (t) => {
  const variables = torrentVariables(
    {
      ...exampleTorrent,
      name: `a\u0000b\u001bc${"x".repeat(10_000)}`,
      labels: ["l".repeat(9_000)],
      trackers: [["t".repeat(9_000)]],
    },
    0,
  );
  for (const [name, value] of Object.entries(variables)) {
    t.true(value.length <= 4_096, name);
    t.is(value.search(/\p{Cc}/u), -1, name);
  }
});
