// The page: reads the data and puts the sections into the body.

import type { ReportData, RunData } from "../data/report-data.ts";
import { budgets } from "./budgets.ts";
import { comparisonSection } from "./comparison.ts";
import { element } from "./elements.ts";
import { accounts, counts, groups, scenario, targets } from "./tables.ts";
import { head } from "./head.ts";
import { latency } from "./latency.ts";
import { completions, peerStates } from "./peers.ts";
import { redrawAll } from "./plot.ts";
import { generatorUse, targetUse } from "./processes.ts";
import { throughput } from "./rates.ts";
import { onTheme } from "./theme.ts";

const { runs: runsShown, comparison } = JSON.parse(
  document.getElementById("data")?.textContent ?? "",
) as ReportData;

const sectionsShown = [
  (runs: readonly RunData[]) => comparisonSection(comparison, runs),
  budgets,
  throughput,
  latency,
  completions,
  peerStates,
  targetUse,
  generatorUse,
  groups,
  accounts,
  counts,
  targets,
  scenario,
]
  .map((make) => make(runsShown))
  .filter((made) => made !== undefined);

const linksToSections = sectionsShown.map((made) =>
  element("a", { href: `#${made.id}` }, made.querySelector("h2")?.textContent ?? ""),
);

document.body.append(
  head(runsShown, comparison),
  element("nav", { "aria-label": "Sections" }, ...linksToSections),
  element("main", {}, ...sectionsShown),
);
onTheme(redrawAll);
