// docs/limits.md and the bounds in docs/service.md, held to the constants of the sources.

import { globSync } from "node:fs";
import test from "ava";
import { readRepositoryFile, root, wordsInBackquotes } from "../support/files/repository.ts";

const page = readRepositoryFile("docs/limits.md");
const rows = rowsOf(page);
const servicePage = readRepositoryFile("docs/service.md");
const serviceRows = rowsOf(/^## Bounds\n[^]*?(?=^## )/m.exec(servicePage)?.[0] ?? "");

/** The cells of the rows of tables, with an empty one at each end. */
function rowsOf(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| what "))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

const unitsMs = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };
const unitsBytes = { bytes: 1, KiB: 1_024, MiB: 1_024 ** 2, GiB: 1_024 ** 3 };
/** Amounts that the page has in words. */
const inWords = new Map([
  ["a day", "24 h"],
  ["an hour", "1 h"],
  ["30 days", "720 h"],
]);

function declarationsOf(packageName: string): string {
  return globSync(`packages/${packageName}/src/**/*.ts`, { cwd: root })
    .map(readRepositoryFile)
    .join("\n");
}

/** The value of a product of numbers, powers and shifts; NaN of anything else. */
function valueOf(initializer: string): number {
  const factors = initializer.split(/ (?<!\*)\*(?!\*) /).map((factor) => {
    const [base = "", operator, power] = factor.replaceAll("_", "").split(/ (\*\*|<<) /);
    if (operator === "**") return Number(base) ** Number(power);
    return operator === "<<" ? Number(base) << Number(power) : Number(base);
  });
  return factors.reduce((product, factor) => product * factor, 1);
}

/** The ways in which the page may write a value. */
function waysToWrite(name: string, value: number): string[] {
  const units = name.endsWith("Ms") ? unitsMs : unitsBytes;
  const inUnits = Object.entries(units).map(
    ([unit, size]) => `${(value / size).toLocaleString("en")} ${unit}`,
  );
  return [value.toLocaleString("en"), `${value / 1_000} kB`, `${value / 0.01} %`, ...inUnits];
}

function hasAmount(text: string, amount: string): boolean {
  return new RegExp(`(?<![\\d,.])${amount}(?!,?\\d)`).test(text);
}

test("docs/limits.md has at most 90 rows of four cells and at most 3,000 words", (t) => {
  t.true(rows.length > 60 && rows.length <= 90, `${rows.length} rows`);
  t.true(page.split(/\s+/).length <= 3_000, `${page.split(/\s+/).length} words`);
  t.deepEqual(
    rows.filter((cells) => cells.length !== 6).map(([, what]) => what),
    [],
  );
});

test("each constant that a row of docs/limits.md names has a value that the row states", (t) => {
  const { named, wrong } = checkedConstants(rows);
  t.true(named > 80, `${named} constants`);
  t.deepEqual(wrong, []);
});

test("each bound of the service in docs/service.md is that of its constant", (t) => {
  const { named, wrong } = checkedConstants(serviceRows);
  t.true(named > 25, `${named} constants`);
  t.deepEqual(wrong, []);
  t.deepEqual(
    serviceRows.filter((cells) => cells.length !== 6 || cells[4] === "").map(([, what]) => what),
    [],
  );
});

/** How many constants rows name, and those whose value the row does not state. */
function checkedConstants(checked: readonly string[][]): { named: number; wrong: string[] } {
  const sources = new Map<string, string>();
  const named = checked.flatMap(([, what = "", bound = "", effect = "", where = ""]) => {
    const [packageName = ""] = where.split(" ");
    return wordsInBackquotes(where).map((name) => ({ what, bound, effect, packageName, name }));
  });
  const wrong = named.filter(({ bound, effect, packageName, name }) => {
    const source = sources.get(packageName) ?? declarationsOf(packageName);
    sources.set(packageName, source);
    const declared = new RegExp(`\\bconst ${name}(?:: number)? =\\s+([^;]+);`, "g");
    let text = `${bound} ${effect}`;
    for (const [words, amount] of inWords) text = text.replaceAll(words, amount);
    return ![...source.matchAll(declared)]
      .flatMap(([, initializer = ""]) => waysToWrite(name, valueOf(initializer)))
      .some((amount) => hasAmount(text, amount));
  });
  return { named: named.length, wrong: wrong.map(({ what, name }) => `${what}: ${name}`) };
}
