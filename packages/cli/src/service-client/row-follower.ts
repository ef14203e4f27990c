// The rows of a service, kept up to date.

import type { Environment } from "../environment.ts";
import { failureOf, type Failure } from "../failure.ts";
import type { RowList, ServiceEvent, ServicePort, TorrentRow } from "./service-port.ts";

/** Period of the look whether events come, and of the questions while none can come. */
const lookPeriodMs = 2_000;
/** After such a silence the service is asked: a connection that is gone looks like one without changes. */
const mostSilenceMs = 10_000;
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
  #version = -1;
  #failure: Failure | undefined;
  #stream: "closed" | "open" | "opening" = "closed";
  #heardAtMs = 0;
  /** Events since a question for all rows was sent; undefined: none is under way. */
  #early: RowsEvent[] | undefined;

  constructor(service: ServicePort, environment: Pick<Environment, "every" | "nowMs" | "stop">) {
    this.#service = service;
    this.#environment = environment;
    // Nobody may wait for it.
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
    this.#heardAtMs = this.#environment.nowMs();
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#environment.stop]);
    const clock = this.#environment.every(lookPeriodMs, () => this.#look(signal));
    void this.#follow(signal);
    return {
      [Symbol.dispose]: () => {
        clock[Symbol.dispose]();
        end.abort();
      },
    };
  }

  #look(signal: AbortSignal): void {
    if (this.#stream === "closed") void this.#follow(signal);
    const silenceMs = this.#environment.nowMs() - this.#heardAtMs;
    if (this.#stream !== "open" || silenceMs >= mostSilenceMs) void this.#reload();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    this.#stream = "opening";
    try {
      for await (const event of this.#service.events(signal)) {
        this.#heardAtMs = this.#environment.nowMs();
        this.#take(event);
      }
    } catch {
      // The questions tell what is wrong.
    } finally {
      this.#stream = "closed";
    }
  }

  #take(event: ServiceEvent): void {
    if (event.kind === "rows") {
      this.#early?.push(event);
      this.#apply(event);
      return;
    }
    // Changes between the rows that are known and the first event have no event.
    this.#stream = "open";
    void this.#reload();
  }

  /** Asks for all rows. */
  async #reload(): Promise<void> {
    if (this.#early !== undefined) return;
    const early: RowsEvent[] = [];
    this.#early = early;
    try {
      this.#replace(await this.#service.torrents());
      this.#heardAtMs = this.#environment.nowMs();
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
    if (version <= this.#version) return;
    this.#version = version;
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
