// The rows of a service, kept up to date.

import type { Environment } from "../environment.ts";
import { failureOf, type Failure } from "../failure.ts";
import type { RowList, ServiceEvent, ServicePort, TorrentRow } from "./service-port.ts";

/** Period of the look whether events come, and of the questions while none can come. */
const lookPeriodMs = 2_000;
/** A stream that is silent for longer is closed: a service sends a sign of life every 15 s. */
const mostSilenceMs = 40_000;
/** Codes that no later question changes. */
const finalCodes: ReadonlySet<string> = new Set(["login-needed", "not-permitted", "token-unknown"]);

/** Rows that changed; of torrents that are gone the last row. */
export interface RowChange {
  readonly rows: readonly TorrentRow[];
  readonly removed: readonly TorrentRow[];
}

type RowsEvent = Extract<ServiceEvent, { readonly kind: "rows" }>;

/** Follows the rows of a service by its events, and asks for them while there are none. */
export class RowFollower {
  readonly #service: ServicePort;
  readonly #environment: Pick<Environment, "every" | "nowMs" | "stop">;
  #onChange: (change: RowChange) => void = () => undefined;
  readonly #ended = Promise.withResolvers<never>();
  #rows = new Map<string, TorrentRow>();
  /** The version of the last answer with all rows. */
  #version = -1;
  #failure: Failure | undefined;
  /** `begun`: changes before its first event may be missing. */
  #stream: "begun" | "closed" | "open" | "opening" = "closed";
  #endStream = new AbortController();
  #heardAtMs = 0;
  /** Events since a question for all rows was sent; undefined: none is under way. */
  #early: RowsEvent[] | undefined;
  /** Changes are missing in the answer that is under way, too. */
  #isAskedAgain = false;

  constructor(service: ServicePort, environment: Pick<Environment, "every" | "nowMs" | "stop">) {
    this.#service = service;
    this.#environment = environment;
    // Without a waiter the rejection would end the program.
    this.#ended.promise.catch(() => undefined);
  }

  /** In the order of their adding. */
  get rows(): readonly TorrentRow[] {
    return [...this.#rows.values()];
  }

  /** Why the rows are old; undefined while the service answers. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Rejects when no later question can succeed. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Asks for the first rows. @throws CommandError as {@link ServicePort} */
  async load(): Promise<void> {
    this.#replace(await this.#service.torrents());
  }

  /** Follows the rows, and calls `onChange`, until the result is disposed. */
  follow(onChange: (change: RowChange) => void): Disposable {
    this.#onChange = onChange;
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#environment.stop]);
    const clock = this.#environment.every(lookPeriodMs, () => this.#look(signal));
    void this.#followEvents(signal);
    return {
      [Symbol.dispose]: () => {
        clock[Symbol.dispose]();
        end.abort();
      },
    };
  }

  #look(signal: AbortSignal): void {
    const silenceMs = this.#environment.nowMs() - this.#heardAtMs;
    if (this.#stream !== "closed" && silenceMs >= mostSilenceMs) this.#endStream.abort();
    if (this.#stream === "open") return;
    if (this.#stream === "closed") void this.#followEvents(signal);
    // Changes after this question come as events.
    if (this.#stream === "begun") this.#stream = "open";
    void this.#reload();
  }

  async #followEvents(signal: AbortSignal): Promise<void> {
    this.#stream = "opening";
    this.#endStream = new AbortController();
    this.#heardAtMs = this.#environment.nowMs();
    try {
      const ended = AbortSignal.any([signal, this.#endStream.signal]);
      for await (const event of this.#service.events(ended)) {
        this.#heardAtMs = this.#environment.nowMs();
        await this.#take(event);
      }
    } catch {
      // The questions tell what is wrong.
    } finally {
      this.#stream = "closed";
    }
  }

  async #take(event: ServiceEvent): Promise<void> {
    switch (event.kind) {
      case "alive":
        break;
      case "open":
        this.#stream = "begun";
        break;
      case "reset":
        this.#stream = "open";
        void this.#reload();
        break;
      case "rows": {
        const { long = [], ...short } = event;
        const rows = { ...short, rows: [...event.rows, ...(await this.#ask(long))] };
        this.#early?.push(rows);
        this.#apply(rows);
      }
    }
  }

  /** The rows of torrents, but for those that are gone. */
  async #ask(torrents: readonly string[]): Promise<readonly TorrentRow[]> {
    const rows: TorrentRow[] = [];
    for (const torrent of torrents) {
      // oxlint-disable-next-line no-await-in-loop
      const row = await this.#service.run("status", { torrent }).catch(() => undefined);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Asks for all rows, after the question that is under way. */
  async #reload(): Promise<void> {
    this.#isAskedAgain = true;
    if (this.#early !== undefined) return;
    do {
      this.#isAskedAgain = false;
      // One question after the other.
      // oxlint-disable-next-line no-await-in-loop
      await this.#reloadOnce();
    } while (this.#isAskedAgain);
  }

  async #reloadOnce(): Promise<void> {
    const early: RowsEvent[] = [];
    this.#early = early;
    try {
      this.#replace(await this.#service.torrents());
      this.#failure = undefined;
    } catch (error) {
      this.#failure = failureOf(error);
      if (finalCodes.has(this.#failure.code)) this.#ended.reject(error);
    } finally {
      this.#early = undefined;
    }
    for (const event of early) this.#apply(event);
  }

  #replace({ version, rows }: RowList): void {
    const known = this.#rows;
    this.#rows = new Map(rows.map((row) => [row.torrent, row]));
    this.#version = version;
    const removed = [...known.values()].filter(({ torrent }) => !this.#rows.has(torrent));
    const changed = rows.filter((row) => !isSame(known.get(row.torrent), row));
    if (changed.length + removed.length > 0) this.#onChange({ rows: changed, removed });
  }

  #apply({ version, rows, removed: hashes }: RowsEvent): void {
    // An answer with all rows may overtake an event. The pieces of a long change have the version before it.
    if (version < this.#version) return;
    const removed = hashes.flatMap((torrent) => this.#rows.get(torrent) ?? []);
    for (const { torrent } of removed) this.#rows.delete(torrent);
    for (const row of rows) this.#rows.set(row.torrent, row);
    this.#onChange({ rows, removed });
  }
}

/** Both come from JSON with their fields in one order. */
function isSame(one: TorrentRow | undefined, other: TorrentRow): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
