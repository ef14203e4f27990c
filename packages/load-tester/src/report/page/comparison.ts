// Side B against side A: the checks, and the ratio of each value.

import type { ComparisonData, RunData } from "../data/report-data.ts";
import { element, loadMark, section } from "./elements.ts";
import { formatCount, formatOf, formatRatio } from "./format.ts";
import { table, type Cell } from "./table.ts";

/** Ratios at the edges of the scale: a quarter and four times. */
const edge = 2;

/** The section; undefined when nothing is compared. */
export function comparisonSection(
  data: ComparisonData | undefined,
  runs: readonly RunData[],
): HTMLElement | undefined {
  if (data === undefined) return undefined;
  const { verdicts, rows, remarks } = data;
  const lead =
    "Side B by side A. The dot is the ratio of the medians, the line its range over all pairs of runs; the middle is no change.";
  return section(
    "Comparison",
    lead,
    ...remarks.map((text) => element("p", { class: "facts" }, `Note: ${text}.`)),
    runsTable(data.runs, runs),
    verdicts.length === 0 ? undefined : verdictsTable(verdicts),
    rows.length === 0 ? undefined : rowsTable(rows),
  );
}

const runWords = {
  ok: ["good", "✓ ok"],
  "budget-broken": ["bad", "✕ budget broken"],
  "proves-nothing": ["bad", "✕ proves nothing"],
} as const;

function runsTable(compared: ComparisonData["runs"], runs: readonly RunData[]): HTMLElement {
  const rows = compared.map(({ verdict, reason }, index): Cell[] => {
    const [mark, word] = runWords[verdict];
    return [runs[index]?.label, element("span", { class: mark }, word), reason ?? "–"];
  });
  return table("Runs", ["run", "by itself", "reason"], rows);
}

function verdictsTable(verdicts: ComparisonData["verdicts"]): HTMLElement {
  const rows = verdicts.map((verdict): Cell[] => [
    element("code", {}, verdict.text),
    element("span", { class: verdict.holds ? "good" : "bad" }, verdict.holds ? "✓ yes" : "✕ no"),
    ...(verdict.seenText === undefined ? ratioCells(verdict.seen) : [verdict.seenText, "", ""]),
  ]);
  return table("Checks", ["check", "holds", "B / A", "range", "¼× to 4×"], rows);
}

function rowsTable(list: ComparisonData["rows"]): HTMLElement {
  const rows = list.map((row): Cell[] => [
    element(
      "span",
      {},
      element("code", {}, row.name),
      " ",
      row.isClosedLoad ? loadMark(true) : undefined,
      row.maximumOf === undefined ? undefined : ` (max of ${formatCount(row.maximumOf)})`,
    ),
    { number: formatOf(row.dimension)(row.before.median) },
    { number: formatOf(row.dimension)(row.after.median) },
    ...ratioCells(row),
  ]);
  return table(
    "Values of both sides",
    ["value", "A, median", "B, median", "B / A", "range", "¼× to 4×"],
    rows,
  );
}

type SeenRatio = ComparisonData["verdicts"][number]["seen"];

/** A ratio to nothing is no finite number. */
function ratioCells(seen: SeenRatio): Cell[] {
  if (seen === undefined || !Number.isFinite(seen.ratio))
    return [{ number: "–" }, { number: "–" }, ""];
  const isSound = seen.range.every(Number.isFinite);
  return [
    { number: formatRatio(seen.ratio) },
    { number: isSound ? seen.range.map(formatRatio).join(" to ") : "–" },
    ratioBar(seen.ratio, isSound ? seen.range : [seen.ratio, seen.ratio]),
  ];
}

/** Percent of the scale's width. */
function placeOf(ratio: number): number {
  const exponent = Math.min(Math.max(Math.log2(Math.max(ratio, 1e-9)), -edge), edge);
  return 50 + (50 * exponent) / edge;
}

function ratioBar(ratio: number, [least, greatest]: readonly [number, number]): HTMLElement {
  const range = element("span", { class: "range" });
  range.style.left = `${placeOf(least)}%`;
  range.style.width = `${placeOf(greatest) - placeOf(least)}%`;
  const dot = element("span", { class: "dot" });
  dot.style.left = `${placeOf(ratio)}%`;
  const label = `${formatRatio(ratio)}, from ${formatRatio(least)} to ${formatRatio(greatest)}`;
  return element(
    "span",
    { class: "bar ratio", role: "img", "aria-label": label },
    element("span", { class: "limit" }),
    range,
    dot,
  );
}
