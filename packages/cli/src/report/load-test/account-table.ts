// The sums of a load test that close.

import { spellValue, type GroupAccounts, type RunFigures } from "@troupe/load-tester";
import { renderTable, type TableRoom } from "../../display/table.ts";

/** Two sums of each group. */
export function accountTable({ accounts }: RunFigures, room: TableRoom): string[] {
  const rows = accounts.flatMap(({ group, unit, plan, requests, unanswered, unansweredShare }) => [
    ...sumRow(`${group}: planned ${unit}`, plan, planNames),
    ...sumRow(`${group}: requests`, requests, requestNames),
    ...shareRow(`${group}: not answered`, unanswered, unansweredShare),
  ]);
  return renderTable({ layout: ["left", "right", "left"], rows, isProse: true }, room);
}

const planNames = {
  planned: "",
  sent: "sent",
  not_unchoked: "not unchoked",
  not_sent_target: "not sent because of the target",
  not_sent_ours: "not sent because of us",
} as const;

const requestNames = {
  requests: "",
  answered: "answered",
  answered_wrong: "wrong",
  requests_refused: "refused",
  abandoned: "abandoned",
  unanswered: "unanswered",
} as const;

const shareNames = {
  requests: "the requests",
  waiting: "the waiting time",
  visits: "the visits",
} as const;

/** `48 % of the waiting time, 2 % of the requests`: the greatest first, parts of 0 left out. */
function shareRow(
  title: string,
  unanswered: GroupAccounts["unanswered"],
  share: number | undefined,
): string[][] {
  if (share === undefined || share === 0) return [];
  const names = Object.keys(shareNames) as (keyof typeof shareNames)[];
  const shown = names
    .toSorted((one, other) => (unanswered[other] ?? 0) - (unanswered[one] ?? 0))
    .filter((name) => (unanswered[name] ?? 0) > 0)
    .map((name) => `${spellValue(unanswered[name] ?? 0, "share")} of ${shareNames[name]}`);
  return [[title, "", shown.join(", ")]];
}

/** `18,000 = 13,500 sent + 4,500 not sent because of us`: the whole first, parts of 0 left out. */
function sumRow<Name extends string>(
  title: string,
  values: Readonly<Record<Name, number>>,
  names: Readonly<Record<Name, string>>,
): string[][] {
  const [whole, ...parts] = Object.keys(names) as Name[];
  if (whole === undefined || values[whole] === 0) return [];
  const shown = parts
    .filter((part) => values[part] > 0)
    .map((part) => `${values[part].toLocaleString("en-US")} ${names[part]}`);
  return [[title, values[whole].toLocaleString("en-US"), `= ${shown.join(" + ")}`]];
}
