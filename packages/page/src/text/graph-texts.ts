// Texts of the graphs of rates.

import type { SpanName } from "../graphs/history.ts";

const spanNames: Readonly<Record<SpanName, string>> = {
  "ten-minutes": "10 minutes",
  day: "A day",
  month: "A month",
};

/** Texts of the graphs. */
export const graphTexts = {
  title: "Rates",
  menu: "Rates",
  spans: "Time shown",
  spanNames,
  down: "Download",
  up: "Upload",
  total: (size: string) => `${size} in all`,
  rateAndTotal: (rate: string, size: string) => `${rate}, ${size} in all`,
  summary: (down: string, up: string) => `Download: ${down}. Upload: ${up}.`,
  table: "Show as a table",
  time: "Time",
  downTotal: "Received",
  upTotal: "Sent",
  downRate: "Download rate",
  upRate: "Upload rate",
  none: "0 B/s",
  empty: "Nothing has been measured in this time yet.",
  gaps: "A gap is a time in which the service did not run.",
};
