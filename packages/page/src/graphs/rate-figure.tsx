// A plot of rates with its legend, and their sentence for those who do not see it.

import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { rateText } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import type { RateLines } from "./history.ts";
import { RatePlot } from "./rate-plot.tsx";

interface FigureProps {
  readonly lines: RateLines;
  /** Texts of the legend while the pointer is on no time of the plot. */
  readonly down: string;
  readonly up: string;
  readonly axisText: (seconds: number) => string;
  /** A time of the plot in the legend. */
  readonly momentText: (seconds: number) => string;
  readonly children?: ComponentChildren;
}

/** The figure. The pointer shows the rates of a time in the legend. */
export function RateFigure(props: FigureProps): VNode {
  const { axisText, children, down, lines, momentText, up } = props;
  const [index, setIndex] = useState<number>();
  const second = index === undefined ? undefined : lines.times[index];
  const pointed = (rates: RateLines["down"]): string => {
    const rate = index === undefined ? undefined : rates[index];
    return rate === undefined || rate === null ? "–" : rateText(rate);
  };
  return (
    <figure class="rate-figure">
      <RatePlot
        lines={lines}
        label={texts.graphs.summary(down, up)}
        timeText={axisText}
        pointed={setIndex}
      />
      <div class="rate-legend" aria-hidden="true">
        <LegendItem name="down" value={second === undefined ? down : pointed(lines.down)} />
        <LegendItem name="up" value={second === undefined ? up : pointed(lines.up)} />
        <span class="rate-time help">{second === undefined ? "" : momentText(second)}</span>
      </div>
      {children}
    </figure>
  );
}

function LegendItem({
  name,
  value,
}: {
  readonly name: "down" | "up";
  readonly value: string;
}): VNode {
  return (
    <span class="rate-item">
      <span class={`rate-sample rate-sample-${name}`} />
      <span>{texts.graphs[name]}</span>
      <strong>{value}</strong>
    </span>
  );
}
