// A feed: when it is looked at, and what a look brings.

import {
  asFault,
  systemSentence,
  type Clock,
  type Http,
  type Random,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import { TroupeError, withoutSecrets } from "@troupe/control";
import type { ReadFeed } from "../feeds.messages.ts";
import type { FeedOrigin } from "../rules/rule-book.ts";
import { itemKey } from "./feed-files.ts";
import type { FeedMemory } from "./feed-memory.ts";
import { fetchLink, mostFeedBytes, notFetched, type HopRule } from "./fetch-link.ts";
import { firstLookIn, nextLookIn } from "./look-schedule.ts";
import type { FailedItem, KeyedItem } from "./take-items.ts";

/** Items that are shown, and tried by dry runs: the first ones of the document. */
const mostShown = 500;
/** Characters of the fields `ETag` and `Last-Modified` that are sent back; longer ones are not. */
const longestValidator = 1_024;

/** A feed as its user wants it. */
interface FeedSpec {
  readonly name: string;
  readonly url: string;
  readonly intervalMs: number;
  readonly from: FeedOrigin;
}

/** The life of a feed. */
type FeedState =
  /** The service restores its torrents. */
  | { readonly kind: "idle" }
  /** `nextMs` in milliseconds since 1970. */
  | { readonly kind: "waiting"; readonly nextMs: number; readonly timer: Timer }
  | { readonly kind: "looking" }
  | { readonly kind: "removed" };

/** The end of a look that failed. */
interface LookError {
  readonly code: string;
  readonly message: string;
}

/** The world of a feed. */
export interface FeedPorts {
  readonly clock: Pick<Clock, "epochMs">;
  readonly timers: Pick<Timers, "after">;
  readonly random: Pick<Random, "next">;
  readonly http: Pick<Http, "get">;
  /** The rule for the hops of one fetch. */
  hops(feed: FeedSpec): HopRule;
  /** Looks of several feeds take turns. @throws rejects when the signal ends the wait. */
  inTurn(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** @throws rejects with TroupeError `feed-late`, `feed-reader-ended` */
  read(bytes: Uint8Array, url: string): Promise<ReadFeed>;
  /** Adds what the rules take. */
  take(feed: Feed, items: readonly KeyedItem[]): Promise<void>;
  warned(code: string, message: string): void;
}

/** A feed of a service. */
export class Feed {
  readonly spec: FeedSpec;
  readonly memory: FeedMemory;
  readonly failed = new Map<string, FailedItem>();
  readonly #ports: FeedPorts;
  readonly #over = new AbortController();
  #state: FeedState = { kind: "idle" };
  #items: readonly KeyedItem[] = [];
  #error: LookError | undefined;
  #failures = 0;
  #ttlMinutes: number | undefined;
  #validators: Readonly<Record<string, string>> = {};
  /** Calls of `forgetDocument`: a look under way may judge by the rules of before. */
  #forgotten = 0;
  /** The look under way. */
  #work: Promise<void> = Promise.resolve();

  constructor(spec: FeedSpec, memory: FeedMemory, ports: FeedPorts) {
    this.spec = spec;
    this.memory = memory;
    this.#ports = ports;
    if (memory.warning !== undefined) ports.warned("feed-state-malformed", memory.warning);
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Items of the last look, in the order of the document, 500 at most. */
  get items(): readonly KeyedItem[] {
    return this.#items;
  }

  get error(): LookError | undefined {
    return this.#error;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Looks soon, and from then on again and again. */
  begin(): void {
    if (this.#state.kind !== "idle") return;
    const { clock, random } = this.#ports;
    const { lookedMs } = this.memory;
    const agoMs = lookedMs === undefined ? undefined : clock.epochMs() - lookedMs;
    this.#wait(firstLookIn(agoMs, random.next()));
  }

  /** Looks now; a look under way is enough. Settles at its end. */
  async look(): Promise<void> {
    if (this.#state.kind === "removed") return;
    if (this.#state.kind !== "looking") {
      if (this.#state.kind === "waiting") this.#state.timer.cancel();
      this.#state = { kind: "looking" };
      const work = this.#ports.inTurn(() => this.#lookNow(), this.#over.signal);
      // A feed that is removed leaves the queue.
      this.#work = work.catch(() => undefined);
    }
    await this.#work;
  }

  /** The next look fetches the document whatever the server says: other rules may take other items. */
  forgetDocument(): void {
    this.#forgotten++;
    this.#validators = {};
  }

  /** No further look. Settles when nothing of it is under way. */
  async end(): Promise<void> {
    if (this.#state.kind === "waiting") this.#state.timer.cancel();
    this.#state = { kind: "removed" };
    this.#over.abort();
    await this.#work;
  }

  get isOver(): boolean {
    return this.#state.kind === "removed";
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  #wait(delayMs: number): void {
    const { clock, timers } = this.#ports;
    const timer = timers.after(delayMs, () => void this.look());
    this.#state = { kind: "waiting", nextMs: clock.epochMs() + delayMs, timer };
  }

  /** Never rejects. */
  async #lookNow(): Promise<void> {
    try {
      if (this.isOver) return;
      await this.#fetch();
      this.#failures = 0;
      this.#error = undefined;
    } catch (error) {
      if (!this.isOver) this.#fail(error);
    }
    if (this.isOver) return;
    this.memory.lookedMs = this.#ports.clock.epochMs();
    await this.memory.save().catch((error: unknown) => this.notSaved(error));
    if (this.isOver) return;
    const { intervalMs } = this.spec;
    const [failures, ttlMinutes] = [this.#failures, this.#ttlMinutes];
    const random = this.#ports.random.next();
    this.#wait(nextLookIn({ intervalMs, ttlMinutes, failures, random }));
  }

  async #fetch(): Promise<void> {
    const ports = this.#ports;
    const { url } = this.spec;
    const forgotten = this.#forgotten;
    const got = await fetchLink(url, {
      ...{ http: ports.http, rule: ports.hops(this.spec), mostBytes: mostFeedBytes },
      ...{ headers: this.#validators, signal: this.#over.signal },
    });
    if (got.kind === "magnet") throw new Error("bug: a feed is no magnet link");
    if (got.status === 304 && Object.keys(this.#validators).length > 0) return;
    if (got.status !== 200) throw notFetched(url, `the server answered ${got.status}`);
    const feed = await ports.read(got.body, got.url);
    if (feed.kind !== "feed") throw unread(feed);
    this.#ttlMinutes = feed.ttlMinutes;
    const items = feed.items.map((item) => ({ ...item, key: itemKey(item.id) }));
    this.#keep(items);
    await ports.take(this, items);
    // A document counts as seen once its items are taken, by the rules that are in force: an item that failed is tried again.
    const isSeen = this.failed.size === 0 && forgotten === this.#forgotten;
    this.#validators = isSeen ? validatorsOf(got) : {};
  }

  #keep(items: readonly KeyedItem[]): void {
    this.#items = items.slice(0, mostShown);
    const keys = new Set(items.map(({ key }) => key));
    for (const key of this.failed.keys()) if (!keys.has(key)) this.failed.delete(key);
    this.memory.keepItems(items.toReversed().map(({ key }) => key));
  }

  #fail(error: unknown): void {
    this.#failures++;
    const { code, message } = asFault(error);
    this.#error = withoutSecrets({ code, message });
    this.#validators = {};
    if (this.#failures > 1) return;
    this.#ports.warned(code, `the feed ${this.spec.name}: ${this.#error.message}`);
  }

  /** The memory could not be saved. */
  notSaved(error: unknown): void {
    const message = `the feed ${this.spec.name}: cannot save what was taken from it: ${systemSentence(error)}`;
    this.#ports.warned("feed-state-not-saved", message);
  }
}

function unread({ kind, message }: Exclude<ReadFeed, { readonly kind: "feed" }>): TroupeError {
  return kind === "refused"
    ? new TroupeError("feed-refused", `cannot use the feed: ${message}`)
    : new TroupeError("feed-malformed", `cannot read the feed: ${message}`);
}

function validatorsOf({
  etag,
  lastModified,
}: {
  readonly etag?: string;
  readonly lastModified?: string;
}): Readonly<Record<string, string>> {
  const isShort = (value: string | undefined): value is string =>
    value !== undefined && value.length <= longestValidator;
  return {
    ...(isShort(etag) && { "if-none-match": etag }),
    ...(isShort(lastModified) && { "if-modified-since": lastModified }),
  };
}
