// Budgets: seen, allowed, and how much of the allowance is used.

import type { BudgetData, RunData } from "../data/report-data.ts";
import { element, loadMark, section } from "./elements.ts";
import { formatOf, formatRatio } from "./format.ts";
import { medianOf } from "./series.ts";
import { table, type Cell } from "./table.ts";

/** The section; undefined without budgets. */
export function budgets(runs: readonly RunData[]): HTMLElement | undefined {
  const texts = [...new Set(runs.flatMap(({ budgets: own }) => own.map(({ text }) => text)))];
  if (texts.length === 0) return undefined;
  const content = runs.length === 1 ? ofOneRun(runs[0]?.budgets ?? []) : ofSides(runs, texts);
  const lead = runs.length === 1 ? "The mark on a bar is the allowed value." : "";
  return section("Budgets", lead, content);
}

function ofOneRun(list: readonly BudgetData[]): HTMLElement {
  const rows = list.map((budget): Cell[] => [
    nameOf(budget),
    verdict(budget.holds),
    {
      number:
        budget.seen === undefined ? "nothing measured" : formatOf(budget.dimension)(budget.seen),
    },
    { number: formatOf(budget.dimension)(budget.allowed) },
    bar(budget),
  ]);
  return table("Budgets of the run", ["budget", "holds", "seen", "allowed", "used"], rows);
}

function ofSides(runs: readonly RunData[], texts: readonly string[]): HTMLElement {
  const rows = texts.map((text): Cell[] => {
    const of = (isB: boolean) =>
      runs
        .filter((run) => run.isB === isB)
        .flatMap(({ budgets: own }) => own.filter((budget) => budget.text === text));
    const [a, b] = [of(false), of(true)];
    const [first] = [...a, ...b];
    const seen = (side: readonly BudgetData[]) =>
      medianOf(side.flatMap((budget) => budget.seen ?? []));
    const [seenA, seenB] = [seen(a), seen(b)];
    const number = (value: number | undefined) => ({
      number: value === undefined ? "–" : formatOf(first?.dimension ?? "count")(value),
    });
    const ratio =
      seenA === undefined || seenB === undefined || seenA === 0 ? "–" : formatRatio(seenB / seenA);
    return [
      first === undefined ? text : nameOf(first),
      number(seenA),
      number(seenB),
      { number: ratio },
      holding(a),
      holding(b),
    ];
  });
  return table(
    "Budgets of both sides, medians",
    ["budget", "seen, A", "seen, B", "B / A", "holds, A", "holds, B"],
    rows,
  );
}

/** The text of a budget, marked when it judges latencies of a closed load. */
function nameOf({ text, isClosedLoad }: BudgetData): HTMLElement {
  const code = element("code", {}, text);
  return isClosedLoad ? element("span", {}, code, " ", loadMark(true)) : code;
}

function holding(side: readonly BudgetData[]): HTMLElement {
  const holds = side.filter((budget) => budget.holds).length;
  if (side.length < 2) return verdict(holds === side.length);
  return element(
    "span",
    { class: holds === side.length ? "good" : "bad" },
    `${holds} of ${side.length}`,
  );
}

function verdict(holds: boolean): HTMLElement {
  return element("span", { class: holds ? "good" : "bad" }, holds ? "✓ yes" : "✕ no");
}

/** The part of the allowance that was used, up to twice of it. */
function bar({ used, holds }: BudgetData): HTMLElement {
  const share = used ?? 0;
  const fill = element("span", { class: "fill" });
  fill.style.width = `${Math.min(share, 2) * 50}%`;
  const label = `${Math.round(share * 100)} % of the allowance used`;
  return element(
    "span",
    { class: holds ? "bar" : "bar broken", role: "img", "aria-label": label },
    fill,
    element("span", { class: "limit" }),
  );
}
