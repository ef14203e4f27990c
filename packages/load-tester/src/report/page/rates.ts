// Throughput: payload, and answers of trackers and nodes, a second.

import type { RunData } from "../data/report-data.ts";
import { chosen } from "./choices.ts";
import { section } from "./elements.ts";
import { formatBytes, formatShort, type Format } from "./format.ts";
import { plotFigure } from "./plot.ts";
import { groupChoice, linesOf, meanAndPeak } from "./lines.ts";
import { rateOf } from "./series.ts";

/** Counters that are shown, in this order, when they grow. */
const shown: readonly (readonly [counter: string, title: string, format: Format])[] = [
  ["bytes_down", "Payload received by the peers, a second", formatBytes],
  ["bytes_up", "Payload sent by the peers, a second", formatBytes],
  ["announces", "Announces answered, a second", formatShort],
  ["scrapes", "Scrapes answered, a second", formatShort],
  ["queries", "DHT queries answered, a second", formatShort],
];

const events: readonly (readonly [counter: string, text: string])[] = [
  ["requests", "requests sent"],
  ["blocks", "blocks received"],
  ["planned", "planned actions and visits"],
  ["not_unchoked", "not unchoked"],
  ["not_sent_target", "not sent because of the target"],
  ["not_sent_ours", "not sent because of the generators"],
  ["opened", "connections opened"],
  ["refused", "connections refused"],
  ["closed_by_target", "connections closed by the target"],
  ["closed_by_us", "connections closed by the peers"],
  ["wrong_blocks", "wrong blocks"],
  ["broken_rules", "broken rules"],
  ["wrong_answers", "wrong answers"],
  ["requests_refused", "requests refused"],
  ["abandoned", "requests abandoned by the peers"],
  ["unanswered", "requests unanswered"],
  ["late_answers", "answers after their time"],
  ["repeats", "requests repeated on another connection"],
  ["own_failures", "requests that this machine did not send"],
  ["lost_peers", "peers lost with their agent"],
];

/** The section; undefined when nothing was counted. */
export function throughput(runs: readonly RunData[]): HTMLElement | undefined {
  const grows = ([counter]: readonly [string, ...unknown[]]) =>
    runs.some((run) => rateOf(run, counter, "") !== undefined);
  const plots = shown.filter(grows);
  const counted = events.filter(grows);
  if (plots.length === 0 && counted.length === 0) return undefined;
  const figure = (counter: string, title: string, format: Format, group: string) =>
    plotFigure({
      title,
      lines: linesOf(runs, group, (run, name) => rateOf(run, counter, name), meanAndPeak(format)),
      format,
      runs,
    });
  const main = chosen([groupChoice(runs)], ([group = ""]) =>
    plots.map(([counter, title, format]) => figure(counter, title, format, group)),
  );
  const others = chosen(
    [{ label: "Events", options: counted }, groupChoice(runs)],
    ([counter = "", group = ""]) =>
      counted
        .filter(([name]) => name === counter)
        .map(([, text]) => figure(counter, `${text}, a second`, formatShort, group)),
  );
  return section("Throughput", "", plots.length === 0 ? undefined : main, others);
}
