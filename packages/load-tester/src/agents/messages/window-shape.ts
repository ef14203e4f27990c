// The gate of a window that comes from an agent.

import { cleanText } from "@troupe/protocol/text";
import {
  list,
  number,
  object,
  record,
  text,
  whole,
  word,
  wrongShape,
  type Shape,
} from "../../json/shape.ts";
import {
  counterNames,
  gaugeNames,
  measureNames,
  type GaugeName,
  type Window,
} from "../../measures/measures.ts";

const name = text(100);
const entries = 20_000;
/** A day. */
const seconds = 86_400;
/** An encoded histogram of three digits over microseconds to an hour, full to the last bucket, has less. */
const histogramLength = 128 * 1024;

const histogramText: Shape<string> = (value, path) => {
  const encoded = text(histogramLength)(value, path);
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return encoded;
  throw wrongShape(path, value, "base64");
};

const label: Shape<string> = (value, path) => cleanText(text(1_000)(value, path), 100);
const count = number(0, 1e15);

const gauges: Shape<Readonly<Record<GaugeName, number>>> = object({
  waiting: whole(0, 1e6),
  connecting: whole(0, 1e6),
  open: whole(0, 1e6),
  unchoked: whole(0, 1e6),
  complete: whole(0, 1e6),
  gone: whole(0, 1e6),
} satisfies Readonly<Record<(typeof gaugeNames)[number], unknown>>);

/** Gate of a {@link Window}. */
export const windowShape: Shape<Window> = object({
  second: whole(0, seconds),
  histograms: list(
    object({
      measure: word(measureNames),
      group: name,
      phase: name,
      hdr: histogramText,
    }),
    entries,
  ),
  counts: list(
    object({
      counter: word(counterNames),
      group: name,
      phase: name,
      label,
      value: count,
    }),
    entries,
  ),
  gauges: record(gauges, 1_000),
  own: object({ cpuMs: count, rssBytes: count, descriptors: count }),
});
