// The rates of all torrents together: ten minutes, a day, a month.

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import { getResult } from "../api/request.ts";
import { PolledState } from "../polling/polled-state.tsx";
import { usePolled } from "../polling/use-polled.ts";
import { rateText, shown } from "../text/shown.ts";
import { locale, texts } from "../text/text.ts";
import { HistoryTable } from "./history-table.tsx";
import { historyTotal, rateLines, spans, type HistoryColumns, type SpanName } from "./history.ts";
import { RateFigure } from "./rate-figure.tsx";

/** How often each span is asked for: about as often as it gets a new slot. */
const periodsMs: Readonly<Record<SpanName, number>> = {
  "ten-minutes": 2_000,
  day: 30_000,
  month: 120_000,
};

const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const exactClock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });

/** The view. */
export function RatesView(): VNode {
  const [span, setSpan] = useState<SpanName>("ten-minutes");
  const ask = (signal: AbortSignal) => getResult<HistoryColumns>(`history?span=${span}`, signal);
  const polled = usePolled(span, ask, periodsMs[span]);
  return (
    <section class="view rates-view">
      <h1>{texts.graphs.title}</h1>
      <div class="segments" role="group" aria-label={texts.graphs.spans}>
        {spans.map((each) => (
          <button
            key={each}
            type="button"
            class="quiet"
            aria-pressed={each === span}
            onClick={() => setSpan(each)}
          >
            {texts.graphs.spanNames[each]}
          </button>
        ))}
      </div>
      <PolledState polled={polled} />
      {polled.value !== undefined && <SpanFigure columns={polled.value} span={span} />}
    </section>
  );
}

function SpanFigure({
  columns,
  span,
}: {
  readonly columns: HistoryColumns;
  readonly span: SpanName;
}): VNode {
  const lines = useMemo(() => rateLines(columns), [columns]);
  const total = useMemo(() => historyTotal(columns), [columns]);
  const last = (rates: readonly (number | null)[]): number =>
    rates.findLast((rate) => rate !== null) ?? 0;
  const legend = (rate: number, bytes: number): string =>
    span === "ten-minutes"
      ? texts.graphs.rateAndTotal(rateText(rate), shown.size(bytes))
      : texts.graphs.total(shown.size(bytes));
  const date = span === "month" ? day : clock;
  const moment = (ms: number): string =>
    span === "ten-minutes" ? exactClock.format(ms) : shown.moment(ms);
  return (
    <>
      <RateFigure
        // The axes of a span are its own.
        key={span}
        lines={lines}
        down={legend(last(lines.down), total.downBytes)}
        up={legend(last(lines.up), total.upBytes)}
        axisText={(seconds) => date.format(seconds * 1_000)}
        momentText={(seconds) => moment(seconds * 1_000)}
      >
        <figcaption class="help">
          {total.measuredMs === 0 ? texts.graphs.empty : texts.graphs.gaps}
        </figcaption>
      </RateFigure>
      <HistoryTable columns={columns} span={span} rowText={(ms) => date.format(ms)} />
    </>
  );
}
