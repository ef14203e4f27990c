// The one stream of events of a browser: keeps it open, loads all rows where the stream says so, and passes on what changes.

import { apiAddress, getResult } from "../api/request.ts";
import type { Connection, FeedMessage } from "./feed-messages.ts";
import { getPage } from "./first-page.ts";
import type { GivenRow } from "./list-row.ts";
import { RowCache, type RowDelta } from "./row-cache.ts";
import { EventParser, type StreamEvent } from "./sse-parser.ts";

/** A stream that ended is tried again after this time. */
const retryMs = 1_000;
/** The service writes every 15 s at least: a stream that is silent for longer is cut. */
const silenceMs = 20_000;

interface RowsEvent {
  readonly rows: readonly GivenRow[];
  readonly removed: readonly string[];
  /** Torrents whose rows are too long for an event. */
  readonly long?: readonly string[];
}

/** The stream and the rows that it keeps right. */
export class Feed {
  readonly cache = new RowCache();
  readonly #send: (message: FeedMessage) => void;
  #connection: Connection = "connecting";
  #lastEventId = "";
  #isLoading = false;
  /** Loads that have begun. A reset during a load begins the next one, which alone counts then. */
  #loads = 0;
  #isOpen = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @param send Passes a message on to all tabs. */
  constructor(send: (message: FeedMessage) => void) {
    this.#send = send;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Opens the stream, unless it is open. */
  tryNow(): void {
    if (this.#isOpen) return;
    clearTimeout(this.#retry);
    void this.#run();
  }

  async #run(): Promise<void> {
    const stop = new AbortController();
    this.#isOpen = true;
    const end = await this.#read(stop).catch((): Connection => "lost");
    stop.abort();
    this.#isOpen = false;
    if (end === "refused") this.#forget();
    this.#become(end);
    if (end === "lost") this.#retry = setTimeout(() => this.tryNow(), retryMs);
  }

  #forget(): void {
    this.cache.clear();
    this.#lastEventId = "";
    this.#isLoading = false;
    this.#send({ kind: "rows", rows: [], removed: [], isAnew: true });
  }

  /** @returns Why the stream ended. */
  async #read(stop: AbortController): Promise<Connection> {
    let watch = setTimeout(() => stop.abort(), silenceMs);
    try {
      const response = await fetch(apiAddress("events"), {
        headers: this.#lastEventId === "" ? {} : { "Last-Event-ID": this.#lastEventId },
        credentials: "same-origin",
        signal: stop.signal,
      });
      if (response.status === 401) return "refused";
      if (!response.ok || response.body === null) return "lost";
      const parser = new EventParser();
      const texts = response.body.pipeThrough(new TextDecoderStream());
      const reader = texts.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(watch);
        watch = setTimeout(() => stop.abort(), silenceMs);
        for (const event of parser.push(part.value)) this.#take(event, stop);
        if (this.#connection !== "live" && !this.#isLoading && this.#lastEventId !== "")
          this.#become("live");
      }
      return "lost";
    } finally {
      clearTimeout(watch);
    }
  }

  #take({ data, id, kind }: StreamEvent, stop: AbortController): void {
    const value = JSON.parse(data) as unknown;
    if (kind === "reset") {
      void this.#load(id, stop);
      return;
    }
    // A load that fails begins anew: until its end, no id is kept.
    if (!this.#isLoading) this.#lastEventId = id;
    if (kind === "rows") this.#takeRows(value as RowsEvent, stop);
    else this.#send({ kind: "note", event: kind, data: value });
  }

  #takeRows({ long = [], removed, rows }: RowsEvent, stop: AbortController): void {
    this.#tell(this.cache.takeChanges(rows, removed));
    for (const torrent of long) void this.#askFor(torrent, stop);
  }

  async #askFor(torrent: string, { signal }: AbortController): Promise<void> {
    const answer = await getResult<GivenRow>(`torrents/${torrent}`, signal);
    if (answer.kind === "answer") this.#tell(this.cache.takeChanges([answer.value], []));
  }

  /** Gets all torrents, page by page. */
  async #load(id: string, stop: AbortController): Promise<void> {
    const load = ++this.#loads;
    this.#isLoading = true;
    this.#lastEventId = "";
    // A tab may have a page of its own, from before.
    let isAnew = this.cache.isEmpty;
    this.cache.beginLoad();
    let cursor: string | undefined;
    do {
      const answer = await getPage(cursor, stop.signal);
      if (stop.signal.aborted || load !== this.#loads) return;
      if (answer.kind === "failure") return stop.abort();
      const { rows, removed } = this.cache.takePage(answer.value.torrents);
      this.#send({ kind: "rows", rows, removed, isAnew });
      isAnew = false;
      ({ cursor } = answer.value);
    } while (cursor !== undefined);
    this.#tell(this.cache.endLoad());
    this.#isLoading = false;
    this.#lastEventId = id;
    this.#become("live");
  }

  #tell({ removed, rows }: RowDelta): void {
    if (rows.length + removed.length > 0)
      this.#send({ kind: "rows", rows, removed, isAnew: false });
  }

  #become(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#send({ kind: "connection", connection });
  }
}
