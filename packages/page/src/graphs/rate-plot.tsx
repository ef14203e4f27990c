// A plot of a download and an upload rate. uPlot draws it; no other module imports uPlot.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { rateText } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import type { RateLines } from "./history.ts";
import { colourIn, onColours, type PlotColour } from "./plot-colours.ts";

const heightPx = 240;
/** A narrower plot shows nothing. */
const leastWidthPx = 60;
/** The axis of rates is never shorter, in bytes a second. */
const leastTop = 1_000;
/** The axis of times is never shorter, in seconds: a first sample has a place. */
const leastSpan = 60;

/** The times of an axis in words. @param seconds Since 1970. */
type TimeText = (seconds: number) => string;

interface PlotProps {
  readonly lines: RateLines;
  /** The plot in a sentence, for those who do not see it. */
  readonly label: string;
  readonly timeText: TimeText;
  /** Told the index of the time under the pointer; undefined: none. */
  readonly pointed: (index: number | undefined) => void;
}

/** The plot, as wide as its place. */
export function RatePlot({ label, lines, pointed, timeText }: PlotProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef({ lines, pointed, timeText });
  latest.current = { lines, pointed, timeText };
  useEffect(() => {
    const inside = place.current;
    if (inside === null) return undefined;
    const watch = new ResizeObserver(() => {
      const width = Math.floor(inside.clientWidth);
      if (width < leastWidthPx) return;
      if (plot.current === undefined)
        plot.current = new UPlot(
          plotOptions(inside, width, latest),
          dataOf(latest.current.lines),
          inside,
        );
      else if (plot.current.width !== width) plot.current.setSize({ width, height: heightPx });
    });
    watch.observe(inside);
    const endColours = onColours(() => plot.current?.redraw(false));
    return () => {
      watch.disconnect();
      endColours();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(lines)), [lines]);
  return <div class="rate-plot" role="img" aria-label={label} ref={place} />;
}

function dataOf({ down, times, up }: RateLines): UPlot.AlignedData {
  return [[...times], [...down], [...up]];
}

interface Latest {
  readonly current: Pick<PlotProps, "pointed" | "timeText">;
}

function plotOptions(inside: HTMLElement, width: number, latest: Latest): UPlot.Options {
  const colour = (property: PlotColour) => () => colourIn(inside, property);
  const lines = { stroke: colour("--plot-grid"), width: 1 };
  const axis: UPlot.Axis = {
    stroke: colour("--plot-text"),
    font: "12px system-ui, sans-serif",
    grid: lines,
    ticks: lines,
  };
  return {
    width,
    height: heightPx,
    legend: { show: false },
    padding: [12, 34, 0, 0],
    scales: {
      x: { range: (_, least, most) => [least ?? 0, Math.max(most ?? 0, (least ?? 0) + leastSpan)] },
      y: { range: (_, __, most) => [0, Math.max((most ?? 0) * 1.08, leastTop)] },
    },
    axes: [
      {
        ...axis,
        size: 32,
        space: 90,
        values: (_, splits) => splits.map((each) => latest.current.timeText(each)),
      },
      { ...axis, size: 78, values: (_, splits) => splits.map((each) => rateText(each)) },
    ],
    series: [
      {},
      {
        label: texts.graphs.down,
        stroke: colour("--plot-down"),
        fill: colour("--plot-fill"),
        width: 2,
        points: { show: false },
      },
      {
        label: texts.graphs.up,
        stroke: colour("--plot-up"),
        width: 2,
        dash: [6, 4],
        points: { show: false },
      },
    ],
    cursor: { drag: { x: false, y: false }, y: false },
    hooks: { setCursor: [({ cursor }) => latest.current.pointed?.(cursor.idx ?? undefined)] },
  };
}
