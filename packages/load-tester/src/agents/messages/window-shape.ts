// The gate of a window that comes from an agent.

import { cleanText } from "@troupe/protocol/text";
import {
  list,
  number,
  record,
  ShapeError,
  table,
  text,
  whole,
  word,
  type Reader,
} from "./shape.ts";
import {
  counterNames,
  gaugeNames,
  measureNames,
  type GaugeName,
  type NamedCount,
  type NamedHistogram,
  type OwnUse,
  type Window,
} from "../../measures/measures.ts";

const name = text(100);
const entries = 20_000;
/** A day. */
const seconds = 86_400;
/** An encoded histogram of three digits over microseconds to an hour, full to the last bucket, has less. */
const histogramLength = 128 * 1024;

const histogramText: Reader<string> = (value, at) => {
  const encoded = text(histogramLength)(value, at);
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return encoded;
  throw new ShapeError(`${at} is not base64`);
};

const label: Reader<string> = (value, at) => cleanText(text(1_000)(value, at), 100);
const count = number(0, 1e15);

const gauges: Reader<Readonly<Record<GaugeName, number>>> = record<Record<GaugeName, number>>({
  waiting: whole(0, 1e6),
  connecting: whole(0, 1e6),
  open: whole(0, 1e6),
  unchoked: whole(0, 1e6),
  complete: whole(0, 1e6),
  gone: whole(0, 1e6),
} satisfies Readonly<Record<(typeof gaugeNames)[number], unknown>>);

/** Gate of a {@link Window}. */
export const windowShape: Reader<Window> = record<Window>({
  second: whole(0, seconds),
  histograms: list(
    record<NamedHistogram>({
      measure: word(...measureNames),
      group: name,
      phase: name,
      hdr: histogramText,
    }),
    entries,
  ),
  counts: list(
    record<NamedCount>({
      counter: word(...counterNames),
      group: name,
      phase: name,
      label,
      value: count,
    }),
    entries,
  ),
  gauges: table(gauges, 1_000),
  own: record<OwnUse>({ cpuMs: count, rssBytes: count, descriptors: count }),
});
