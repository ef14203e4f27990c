// A stream of events to one reader: the events of the ring, and the rows that changed.

import type { Timer, Timers } from "@troupe/actor-runtime";
import type { ResponseSink } from "../routes/route.ts";
import type { TorrentView } from "../view/torrent-view.ts";
import type { EventRing } from "./event-ring.ts";
import { ChangedRows } from "./row-changes.ts";

/** Bytes that wait for a slow reader; further ones are not written. */
const mostWaitingBytes = 256 * 1_024;
/** An event has 32 KiB of data at most, and brackets, commas, its name and its id. */
const mostEventBytes = 40 * 1_024;
/** Changes of rows in this time are one event. */
const rowsRestMs = 100;
/** A proxy may close a connection that is silent for longer. */
const heartbeatMs = 15_000;
/** A reader connects again after this time. */
const retryMs = 1_000;

/** The place in the events of an incarnation that a reader has reached. */
interface StreamPlace {
  readonly incarnation: string;
  /** The number of the last event of the ring. */
  readonly number: number;
  /** The version of the view whose rows the reader has. */
  readonly version: number;
}

interface StreamParts {
  readonly sink: ResponseSink;
  readonly ring: EventRing;
  readonly view: TorrentView;
  readonly timers: Pick<Timers, "after" | "every">;
}

/** Writes events until the reader is gone. @param lastEventId The field of the request; another text begins anew. */
export function streamEvents(parts: StreamParts, lastEventId: string | undefined): void {
  new EventStream(parts, placeIn(lastEventId)).begin();
}

/** `incarnation-number-version`. */
function placeIn(id: string | undefined): StreamPlace | undefined {
  const [, incarnation, number, version] =
    /^([0-9a-z]{1,32})-(\d{1,15})-(\d{1,15})$/.exec(id ?? "") ?? [];
  if (incarnation === undefined) return undefined;
  return { incarnation, number: Number(number), version: Number(version) };
}

class EventStream {
  readonly #parts: StreamParts;
  readonly #rows: ChangedRows;
  /** The number of the last written event of the ring; below 0 before the first reset. */
  #number: number;
  #isDraining = false;
  #rest: Timer | undefined;

  constructor(parts: StreamParts, place: StreamPlace | undefined) {
    const isKnown = place?.incarnation === parts.ring.incarnation;
    this.#parts = parts;
    this.#number = isKnown ? place.number : -1;
    this.#rows = new ChangedRows(parts.view, isKnown ? place.version : 0);
  }

  begin(): void {
    const { ring, sink, timers, view } = this.#parts;
    const pump = (): void => this.#pump();
    const ends = [ring.onPush(pump), view.onChange(pump)];
    const heartbeat = timers.every(heartbeatMs, () => {
      if (this.#hasRoom()) sink.write(":\n\n");
    });
    sink.whenClosed(() => {
      for (const end of ends) end();
      heartbeat.cancel();
      this.#rest?.cancel();
    });
    sink.write(`retry: ${retryMs}\n\n`);
    this.#pump();
  }

  /** Writes what there is, as far as the reader takes it. */
  #pump(): void {
    if (this.#isDraining) return;
    const { sink } = this.#parts;
    while (this.#hasRoom()) {
      const text = this.#next();
      if (text === undefined) return;
      sink.write(text);
    }
    this.#isDraining = true;
    sink.whenDrained(() => {
      this.#isDraining = false;
      this.#pump();
    });
  }

  #hasRoom(): boolean {
    return this.#parts.sink.waitingBytes <= mostWaitingBytes - mostEventBytes;
  }

  #next(): string | undefined {
    const { ring } = this.#parts;
    if (!ring.hasAllAfter(this.#number)) return this.#reset();
    const event = ring.after(this.#number);
    if (event === undefined) return this.#nextRows();
    this.#number = event.number;
    return this.#framed(event.kind, event.data);
  }

  #nextRows(): string | undefined {
    if (this.#rest !== undefined) return undefined;
    const next = this.#rows.next();
    if (next === undefined) return undefined;
    if (next === "changes-unknown") return this.#reset();
    if (this.#rows.isAtEnd) this.#restAWhile();
    return this.#framed("rows", next.data);
  }

  #restAWhile(): void {
    this.#rest = this.#parts.timers.after(rowsRestMs, () => {
      this.#rest = undefined;
      this.#pump();
    });
  }

  /** Tells the reader to fetch all torrents. Later changes follow in the stream. */
  #reset(): string {
    this.#number = this.#parts.ring.last;
    this.#rows.skip();
    return this.#framed("reset", JSON.stringify({ version: this.#rows.version }));
  }

  #framed(kind: string, data: string): string {
    const id = `${this.#parts.ring.incarnation}-${this.#number}-${this.#rows.version}`;
    return `id: ${id}\nevent: ${kind}\ndata: ${data}\n\n`;
  }
}
