// The history of rates as lines of a graph, and as rows of a table.

/** The spans of the history, the shortest first. */
export const spans = ["ten-minutes", "day", "month"] as const;

/** A span of the history. */
export type SpanName = (typeof spans)[number];

/** Slots of time, as `/api/v1/history` gives them. A slot without measured time is a gap. */
export interface HistoryColumns {
  /** Milliseconds since 1970 of the start of the first slot. */
  readonly beginsAt: number;
  readonly slotMs: number;
  readonly downBytes: readonly number[];
  readonly upBytes: readonly number[];
  readonly measuredMs: readonly number[];
}

/** Rates in bytes a second at times in seconds since 1970; `null` is a gap, as the plot wants it. */
export interface RateLines {
  readonly times: readonly number[];
  readonly down: readonly (number | null)[];
  readonly up: readonly (number | null)[];
}

/** The lines of a graph. */
export function rateLines({
  beginsAt,
  downBytes,
  measuredMs,
  slotMs,
  upBytes,
}: HistoryColumns): RateLines {
  const rates = (bytes: readonly number[]): (number | null)[] =>
    measuredMs.map((measured, slot) =>
      measured === 0 ? null : ((bytes[slot] ?? 0) * 1_000) / measured,
    );
  return {
    times: measuredMs.map((_, slot) => (beginsAt + slot * slotMs) / 1_000),
    down: rates(downBytes),
    up: rates(upBytes),
  };
}

/** Bytes that moved in a time, and the part of it that was measured. */
interface HistoryRow {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly downBytes: number;
  readonly upBytes: number;
  readonly measuredMs: number;
}

/**
 * The rows of a table, the latest first: minutes of ten minutes, hours of a day, days of a month, in the time of this machine.
 * A time in which nothing was measured has no row.
 */
export function historyRows(columns: HistoryColumns, span: SpanName): readonly HistoryRow[] {
  const rows = new Map<number, HistoryRow>();
  columns.measuredMs.forEach((measuredMs, slot) => {
    if (measuredMs === 0) return;
    const startMs = rowStart(columns.beginsAt + slot * columns.slotMs, span);
    const before = rows.get(startMs) ?? { startMs, downBytes: 0, upBytes: 0, measuredMs: 0 };
    rows.set(startMs, {
      startMs,
      downBytes: before.downBytes + (columns.downBytes[slot] ?? 0),
      upBytes: before.upBytes + (columns.upBytes[slot] ?? 0),
      measuredMs: before.measuredMs + measuredMs,
    });
  });
  return [...rows.values()].toReversed();
}

/** The sums of the span. */
export function historyTotal({
  downBytes,
  measuredMs,
  upBytes,
}: HistoryColumns): Omit<HistoryRow, "startMs"> {
  return { downBytes: sum(downBytes), upBytes: sum(upBytes), measuredMs: sum(measuredMs) };
}

function rowStart(ms: number, span: SpanName): number {
  const start = new Date(ms);
  if (span === "ten-minutes") return start.setSeconds(0, 0);
  return span === "day" ? start.setMinutes(0, 0, 0) : start.setHours(0, 0, 0, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
