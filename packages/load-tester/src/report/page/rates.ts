// Throughput: payload, and answers of trackers and nodes, a second.

import { chosen, optionsOf } from "./choices.ts";
import { section } from "./elements.ts";
import { formatBytes, formatShort, type Format } from "./format.ts";
import { plotFigure } from "./plot.ts";
import { bandsOf, groupChoice, groupLines, runLines } from "./lines.ts";
import { rateOf, type RunView } from "./series.ts";

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
export function throughput(runs: readonly RunView[]): HTMLElement | undefined {
  const grows = (counter: string) => runs.some((run) => rateOf(run, counter, "") !== undefined);
  const plots = shown.filter(([counter]) => grows(counter));
  const counted = events.filter(([counter]) => grows(counter));
  if (plots.length === 0 && counted.length === 0) return undefined;
  const figure = (counter: string, title: string, format: Format, group: string) => {
    const lines =
      runs.length === 1
        ? groupLines(runs, (run, name) => rateOf(run, counter, name), format)
        : runLines(runs, (run) => rateOf(run, counter, group), format);
    return plotFigure({
      title,
      summary: lines.map(({ label, note }) => `${label}: ${note}`).join("; "),
      lines,
      format,
      height: 240,
      bands: bandsOf(runs),
    });
  };
  const eventFigure = chosen(
    [
      {
        label: "Events",
        options: optionsOf(
          counted.map(([counter]) => counter),
          (name) => counted.find(([counter]) => counter === name)?.[1] ?? name,
        ),
      },
      groupChoice(runs),
    ],
    ([counter = "", group = ""]) =>
      counter === ""
        ? []
        : [
            figure(
              counter,
              `${counted.find(([name]) => name === counter)?.[1] ?? counter}, a second`,
              formatShort,
              group,
            ),
          ],
  );
  const main = chosen([groupChoice(runs)], ([group = ""]) =>
    plots.map(([counter, title, format]) => figure(counter, title, format, group)),
  );
  return section("Throughput", "", ...(plots.length === 0 ? [] : [main]), eventFigure);
}
