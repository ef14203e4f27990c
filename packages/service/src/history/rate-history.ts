// The rates of ten minutes, a day and a month.

import {
  RateRing,
  type MeasuredTime,
  type RateColumns,
  type RingContent,
  type RingShape,
} from "./rate-ring.ts";

/** Names of the spans, the shortest first. */
export const spanNames = ["ten-minutes", "day", "month"] as const;

/** A span of the history. */
export type SpanName = (typeof spanNames)[number];

/** Slots of 2 s, of 2 min and of an hour. The oldest one is dropped for a new one. */
const slotsOfTenMinutes = 300;
const slotsOfDay = 720;
const slotsOfMonth = 744;

/** Slots of each span. */
export const ringShapes: Readonly<Record<SpanName, RingShape>> = {
  "ten-minutes": { slotMs: 2_000, slots: slotsOfTenMinutes },
  day: { slotMs: 120_000, slots: slotsOfDay },
  month: { slotMs: 3_600_000, slots: slotsOfMonth },
};

/**
 * A clock that is more than the longest span before or behind the history is not believed for so long: it may be one that
 * has not been set yet. The seconds in between are left out.
 */
const doubtMs = 600_000;

/** A second that was measured late is split into parts of about a second each, as many as this at most. */
const mostParts = 600;

/** Rates of seconds one after the other, in bytes a second. */
interface RateSeconds {
  /** Milliseconds since 1970 of the end of the last second. */
  readonly endsAt: number;
  /** The length of each second in milliseconds. */
  readonly lengthsMs: readonly number[];
  readonly down: readonly number[];
  readonly up: readonly number[];
}

/** The content of the rings, for a file. */
export type HistoryContent = Readonly<Record<SpanName, RingContent>>;

/** Keeps the rates of each span. */
export class RateHistory {
  readonly #rings: Readonly<Record<SpanName, RateRing>>;
  /** Monotonic time of the first second that was doubted. */
  #doubtedAtMs: number | undefined;

  /** @param content That of an earlier run; taken over. */
  constructor(content?: HistoryContent) {
    const ring = (span: SpanName) => new RateRing(ringShapes[span], content?.[span]);
    this.#rings = { "ten-minutes": ring("ten-minutes"), day: ring("day"), month: ring("month") };
  }

  get content(): HistoryContent {
    const { "ten-minutes": tenMinutes, day, month } = this.#rings;
    return { "ten-minutes": tenMinutes.content, day: day.content, month: month.content };
  }

  /** Adds seconds. @param nowMs Monotonic. */
  add(seconds: RateSeconds, nowMs: number): void {
    if (seconds.endsAt < 0 || !this.#believes(seconds.endsAt, nowMs)) return;
    for (const part of partsOf(seconds)) {
      if (part.atMs < 0) continue;
      for (const ring of Object.values(this.#rings)) ring.add(part);
    }
  }

  /** @param nowMs Milliseconds since 1970. */
  read(span: SpanName, nowMs: number): RateColumns {
    return this.#rings[span].read(nowMs);
  }

  #believes(atMs: number, nowMs: number): boolean {
    const { shape, content } = this.#rings.month;
    const { newest } = content;
    const isNear =
      newest === undefined || Math.abs(Math.floor(atMs / shape.slotMs) - newest) < shape.slots;
    if (isNear) this.#doubtedAtMs = undefined;
    else this.#doubtedAtMs ??= nowMs;
    return this.#doubtedAtMs === undefined || nowMs - this.#doubtedAtMs >= doubtMs;
  }
}

/** The seconds in their order, late ones in parts, in whole bytes and milliseconds. */
function partsOf({ down, endsAt, lengthsMs, up }: RateSeconds): readonly MeasuredTime[] {
  const parts: MeasuredTime[] = [];
  let endMs = endsAt;
  for (let second = down.length - 1; second >= 0; second--) {
    const exactMs = lengthsMs[second] ?? 1_000;
    const lengthMs = Math.max(1, Math.round(exactMs));
    const startMs = endMs - lengthMs;
    const count = Math.min(mostParts, Math.max(1, Math.round(lengthMs / 1_000)));
    // The part of a whole up to an edge between parts: no byte is lost or counted twice.
    const upTo = (whole: number, edge: number): number => Math.round((whole * edge) / count);
    const between = (whole: number, part: number): number =>
      upTo(whole, part + 1) - upTo(whole, part);
    const bytesOf = (rate: number): number => Math.round((rate * exactMs) / 1_000);
    const [downBytes, upBytes] = [bytesOf(down[second] ?? 0), bytesOf(up[second] ?? 0)];
    for (let part = count - 1; part >= 0; part--)
      parts.push({
        atMs: startMs + (lengthMs * (part + 0.5)) / count,
        lengthMs: between(lengthMs, part),
        downBytes: between(downBytes, part),
        upBytes: between(upBytes, part),
      });
    endMs = startMs;
  }
  return parts.toReversed();
}
