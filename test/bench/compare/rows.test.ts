// The rows of `pnpm bench:compare`.

import test from "ava";
import { rows } from "../../../bench/compare/rows/rows.ts";

test("every row has a name of its own, its reference takes part, and its ratios have columns", (t) => {
  t.is(new Set(rows.map(({ name }) => name)).size, rows.length);
  for (const { name, contestants, reference, compared, figures } of rows) {
    t.regex(name, /^[a-z0-9-]+$/);
    t.true(contestants.includes(reference), name);
    t.true(
      compared.every((figure) => figures.includes(figure)),
      name,
    );
  }
});
