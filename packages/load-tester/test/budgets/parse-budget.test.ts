import test from "ava";
import fc from "fast-check";
import { BudgetError } from "../../src/budgets/budget-error.ts";
import { checkBudget } from "../../src/budgets/check-budget.ts";
import { parseBudget, parseRatioBudget } from "../../src/budgets/parse-budget.ts";
import { counterNames, measureNames } from "../../src/measures/measures.ts";

const percentile = (percent: number) => ({ kind: "percentile", percent }) as const;
const any = (name: string, column: number) => ({ kind: undefined, name, column });

test("a latency has groups and phases in braces, a percentile and a time", (t) => {
  const text = "request_block{leech,steady}.p99 < 50ms";
  t.deepEqual(parseBudget(text), {
    text,
    quantity: {
      kind: "latency",
      measure: "request_block",
      selection: [any("leech", 15), any("steady", 21)],
      statistic: percentile(99),
    },
    comparison: "<",
    bound: { offset: 50_000, factor: 0 },
  });
});

for (const [text, offset, factor] of [
  ["completion.p95 < 90s", 90_000_000, 0],
  ["lateness.p99.9 <= 250us", 250, 0],
  ["connect.max<1.5 min", 90_000_000, 0],
  ["unchoke.count >= 100", 100, 0],
  ["errors < 0.1%", 0.001, 0],
  ["throughput.mean > 10MB/s", 1e7, 0],
  ["bytes_down > 3GiB", 3 * 2 ** 30, 0],
  ["bytes_up.min > 1KiB/s", 1024, 0],
  ["announces.mean >= 40000/s", 40_000, 0],
  ["announces.p50 >= 40000", 40_000, 0],
  ["wrong_blocks <= 0", 0, 0],
  ["completed{leech} / arrived{leech} >= 99.9%", 0.999, 0],
  ["target.rss.max < base + 128MiB", 128 * 2 ** 20, 1],
  ["target.rss.max < base - 1MB", -1e6, 1],
  ["target.rss.max < base * 1.5", 0, 1.5],
  ["target{ours}.rss.p99 < base", 0, 1],
  ["target.cpu.mean < 150%", 1.5, 0],
  ["target.cpu.total < 2min", 120_000_000, 0],
  ["completion.p95 < 2m", 120_000_000, 0],
  ["target.cpu.per_gib < 900ms", 900_000, 0],
  ["target.descriptors.max < 5100", 5_100, 0],
  ["own.rss.max < 400MiB", 400 * 2 ** 20, 0],
] as const) {
  test(`${text} has its bound`, (t) => {
    const { bound } = parseBudget(text);
    t.true(Math.abs(bound.offset - offset) <= 1e-9 * Math.abs(offset), String(bound.offset));
    t.is(bound.factor, factor);
  });
}

for (const [text, column, reason] of [
  [
    "reqest_block.p99 < 5ms",
    1,
    'no measure or counter "reqest_block"; did you mean request_block?',
  ],
  ["", 1, "the budget ends where a measure or counter"],
  ["unchoke", 8, "the budget ends where a statistic such as unchoke.p99"],
  ["unchoke.p101 < 1s", 9, "statistics p50, p99"],
  ["unchoke.min < 1s", 9, "statistics p50, p99"],
  ["unchoke.p50 = 1s", 13, 'no comparison "="; allowed are <, <=, >, >='],
  ["unchoke.p50 1s", 13, 'there is "1s" where a comparison'],
  ["unchoke.p50 < ", 15, "the budget ends where a number"],
  ["unchoke.p50 < 5", 16, "the number has no unit; allowed are us, ms, s, min or h"],
  ["unchoke.p50 < 5MB", 16, 'no unit "MB" here; allowed are us, ms'],
  ["unchoke.p50 < 5 ms please", 20, '"please" where the end of the budget'],
  ["unchoke{a,}.p50 < 5 ms", 11, "the name of a group or phase"],
  ["unchoke{a.p50 < 5 ms", 15, '"," or "}"'],
  ["unchoke.p50 < base", 15, "only target.rss has it"],
  ["errors < 1MB", 11, "allowed are % or none"],
  ["target.memory.max < 1MB", 8, 'no use of a process "memory"; there are rss, cpu, descriptors'],
  ["target.rss.total < 1MB", 12, "rss has the statistics"],
  ["bytes_up.count > 1", 10, "a rate has the statistics"],
  ["completed / arived > 1%", 13, 'no counter "arived"; did you mean arrived?'],
  ["throughput > 10MB/s", 12, "a statistic such as throughput.mean"],
  ["throughput.mean > 10MB", 21, "allowed are B/s, KB/s"],
] as const) {
  test(`"${text}" is wrong at column ${column}`, (t) => {
    const error = t.throws(() => parseBudget(text), { instanceOf: BudgetError });
    t.is(error?.code, "budget-malformed");
    t.is(error?.column, column, error?.message);
    t.true(error?.reason.includes(reason), error?.reason);
  });
}

test("names of targets and phases stand behind target or behind its use", (t) => {
  const [before, behind] = [
    "target{ours,steady}.rss.max < 1GiB",
    "target.rss{ours,steady}.max < 1GiB",
  ];
  const names = (text: string) => {
    const { quantity } = parseBudget(text);
    return quantity.kind === "process" ? quantity.selection.map(({ name }) => name) : [];
  };
  t.deepEqual(names(before), ["ours", "steady"]);
  t.deepEqual(names(behind), ["ours", "steady"]);
  t.throws(() => parseBudget("target{ours}.rss{steady}.max < 1GiB"), { instanceOf: BudgetError });
});

test("a text that is too long is refused unread", (t) => {
  const error = t.throws(() => parseBudget("a".repeat(301)), { instanceOf: BudgetError });
  t.regex(error?.reason ?? "", /301 characters, allowed are 300/);
});

test("a budget of compare has the ratio of two sides as its bound", (t) => {
  t.deepEqual(parseRatioBudget("request_block.p99 < 1.1").bound, { offset: 1.1, factor: 0 });
  t.deepEqual(
    parseRatioBudget("target.cpu.per_gib < 110 %").bound.offset.toFixed(9),
    "1.100000000",
  );
  t.throws(() => parseRatioBudget("request_block.p99 < 5ms"), { message: /allowed are % or none/ });
});

const known = { groups: ["leech", "storm"], phases: ["steady", "storm"], targets: ["ours"] };

for (const [text, reason] of [
  ["unchoke{leech,steady,group=storm}.p50 < 1s", undefined],
  ["target{ours,phase=steady}.rss.max < base", undefined],
  ["unchoke{leach}.p50 < 1s", 'no group or phase "leach"; did you mean leech?'],
  ["unchoke{storm}.p50 < 1s", "names a group and a phase; write group=storm or phase=storm"],
  ["unchoke{ours}.p50 < 1s", 'no group or phase "ours"'],
  ["unchoke{target=ours}.p50 < 1s", "a target cannot be selected here"],
  ["target{leech}.rss.max < 1MB", 'no target or phase "leech"'],
  ["own{group=leech}.rss.max < 1MB", "a group cannot be selected here, only a phase"],
  ["completed / arrived{lech} > 1%", 'no group or phase "lech"; did you mean leech?'],
] as const) {
  test(`names in "${text}" are checked against the scenario`, (t) => {
    const budget = parseBudget(text);
    if (reason === undefined) {
      t.notThrows(() => checkBudget(budget, known));
      return;
    }
    const error = t.throws(() => checkBudget(budget, known), { instanceOf: BudgetError });
    t.true(error?.reason.includes(reason), error?.reason);
  });
}

test("the column of an unknown name is where it stands", (t) => {
  const budget = parseBudget("completed / arrived{ leech , lech } > 1%");
  const error = t.throws(() => checkBudget(budget, known), { instanceOf: BudgetError });
  t.is(error?.column, 30);
});

test("any text is a budget, or an error with a column of it", (t) => {
  const piece = fc.constantFrom(
    ...measureNames,
    ...counterNames,
    ..."errors throughput target own . .p99 .max .rss .cpu { } , = / < <= > >= base + - * 5 0.1 ms % MiB /s".split(
      " ",
    ),
    " ",
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 60, unit: "grapheme" }),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { bound } = parseBudget(text);
        return Number.isFinite(bound.offset) && Number.isFinite(bound.factor);
      } catch (error) {
        if (!(error instanceof BudgetError)) throw error;
        return error.column >= 1 && error.column <= text.length + 1 && error.reason !== "";
      }
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

test("a budget of known parts parses into these parts, however it is spaced", (t) => {
  const space = fc.constantFrom("", " ", "  ");
  const parts = fc.record({
    measure: fc.constantFrom(...measureNames),
    names: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { maxLength: 4 }),
    percent: fc.constantFrom(50, 90, 99, 99.9, 99.99, 100),
    comparison: fc.constantFrom("<", "<=", ">", ">="),
    milliseconds: fc.integer({ min: 0, max: 100_000 }),
    space,
  });
  fc.assert(
    fc.property(parts, ({ measure, names, percent, comparison, milliseconds, space }) => {
      const braces = names.length === 0 ? "" : `{${names.join(`${space},${space}`)}}`;
      const text = `${measure}${space}${braces}.p${percent}${space}${comparison}${space}${milliseconds}${space}ms`;
      const budget = parseBudget(text);
      const { quantity } = budget;
      if (quantity.kind !== "latency") throw new Error(text);
      t.is(quantity.measure, measure);
      t.deepEqual(
        quantity.selection.map(({ name }) => name),
        names,
      );
      for (const { name, column } of quantity.selection)
        t.is(text.slice(column - 1, column - 1 + name.length), name);
      t.deepEqual(quantity.statistic, percentile(percent));
      t.is(budget.comparison, comparison as "<");
      t.is(budget.bound.offset, milliseconds * 1000);
    }),
    { numRuns: 200 },
  );
});
