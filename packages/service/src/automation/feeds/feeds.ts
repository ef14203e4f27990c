// The feeds of a service: those of its settings file and those of remotes, their rules, and the calls about them.

import { checkGate, outOfRange, TroupeError, withoutSecrets } from "@troupe/control";
import { plainError } from "../../calls/plain-error.ts";
import {
  feedCalls,
  type FeedArguments,
  type FeedCall,
  type FeedCallName,
  type FeedResult,
} from "./feed-calls.ts";
import type { CommandAnswer } from "../../service.messages.ts";
import { Feed, type FeedPorts } from "./look/feed.ts";
import { episodeKey, FeedMemory, type FeedFiles } from "./look/feed-memory.ts";
import { usualIntervalMs } from "./look/look-schedule.ts";
import { takeItems, type KeyedItem, type TakePorts } from "./look/take-items.ts";
import { checkRule, plainName, type FeedRule } from "./rules/feed-rule.ts";
import { refuseTwice, RuleBook, type FeedOrigin } from "./rules/rule-book.ts";
import {
  readRemoteFeeds,
  saveRemoteFeeds,
  type FeedSetting,
  type RemoteFeeds,
} from "./saved-feeds.ts";
import { shownFeed, shownItems, shownRule } from "./shown-feeds.ts";
import { lateSentence, tryRule } from "./try-rule.ts";

/** Feeds of a service. Further ones of remotes are refused. */
const mostFeeds = 100;

/** The world of the feeds. */
interface FeedsPorts extends Omit<FeedPorts, "take"> {
  readonly files: FeedFiles;
  readonly match: TakePorts["match"];
  readonly turn: TakePorts["turn"];
  /** Settles when the torrent of a link is there. @throws rejects with the error of a torrent that is not */
  add(
    link: string,
    rule: FeedRule,
    from: { readonly feed: Feed; readonly ruleFrom: FeedOrigin },
  ): Promise<void>;
  /** Refuses a folder that a remote may not name. @throws rejects with TroupeError `not-permitted` */
  checkFolder(path: string): Promise<void>;
}

type Handlers = {
  readonly [Name in FeedCallName]: (
    given: FeedArguments<Name>,
  ) => FeedResult<Name> | Promise<FeedResult<Name>>;
};

/** The feeds of a service. */
export class Feeds {
  readonly #ports: FeedsPorts;
  readonly #feeds = new Map<string, Feed>();
  readonly #rules: RuleBook;
  /** Episodes whose torrents are being added. */
  readonly #reserved = new Set<string>();
  #hasBegun = false;
  /** Changes of remotes are saved in the order of the calls. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws TroupeError `option-out-of-range` for the settings file; a system error of the state folder */
  constructor(ports: FeedsPorts, own: RemoteFeeds) {
    this.#ports = ports;
    const warn = (sentence: string): void => ports.warned("saved-feeds-wrong", sentence);
    const remote = readRemoteFeeds(ports.files, warn);
    refuseTwice(own.feeds);
    this.#rules = new RuleBook(own.rules, remote.rules);
    for (const feed of own.feeds) this.#open(feed, "settings");
    for (const feed of remote.feeds) if (!this.#feeds.has(plainName(feed))) this.#open(feed, "api");
  }

  /** The torrents of the state folder are there: feeds are looked at from now on. */
  begin(): void {
    this.#hasBegun = true;
    for (const feed of this.#feeds.values()) feed.begin();
  }

  /** Settles when nothing is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.end()));
    await this.#last;
  }

  /** Answers a call. Never rejects. */
  async run({ given, name, right }: FeedCall): Promise<CommandAnswer> {
    try {
      const row = feedCalls[name];
      if (row.right === "control" && right === "read") throw notPermitted(name);
      const checked = checkGate(row.arguments, "", given ?? {});
      const handler = this.#handlers[name] as (given: unknown) => unknown;
      const result = await handler(checked);
      return { result: right === "read" ? withoutSecrets(result) : result };
    } catch (error) {
      return { error: plainError(error) };
    }
  }

  readonly #handlers: Handlers = {
    "list-feeds": () => [...this.#feeds.values()].map(shownFeed),
    "feed-items": ({ feed }) => shownItems(this.#named(feed)),
    "list-rules": () => this.#rules.all.map(shownRule),
    "add-feed": (feed) => this.#inOrder(() => this.#add(feed)),
    "change-feed": ({ feed, ...changes }) => this.#inOrder(() => this.#change(feed, changes)),
    "remove-feed": ({ feed }) => this.#inOrder(() => this.#remove(feed)),
    "look-feed": ({ feed }) => {
      this.#lookSoon(this.#named(feed));
      return {};
    },
    "set-rules": ({ rules }) => this.#inOrder(() => this.#setRules(rules)),
    "try-rule": async ({ rule, feed }) => {
      const feeds = feed === undefined ? [...this.#feeds.values()] : [this.#named(feed)];
      const active = { ...checkRule(rule), from: "api" } as const;
      return await tryRule(active, feeds, this.#takePorts());
    },
  };

  #inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #add(feed: FeedSetting): Promise<{}> {
    if (this.#feeds.has(plainName(feed)))
      throw new TroupeError("feed-exists", `there is a feed ${feed.name}`);
    if (this.#feeds.size >= mostFeeds)
      throw new TroupeError("too-many-feeds", `there are ${mostFeeds} feeds, which is the most`);
    await this.#save({ feeds: [...this.#remote(), feed] });
    this.#lookSoon(this.#open(feed, "api"));
    return {};
  }

  async #change(name: string, changes: Partial<FeedSetting>): Promise<{}> {
    const before = this.#changeable(name);
    const feed: FeedSetting = { ...settingOf(before), ...changes };
    await this.#save({
      feeds: this.#remote().map((each) => (each.name === feed.name ? feed : each)),
    });
    await before.end();
    this.#lookSoon(this.#open(feed, "api"));
    return {};
  }

  async #remove(name: string): Promise<{}> {
    const feed = this.#changeable(name);
    await this.#save({ feeds: this.#remote().filter((each) => each.name !== feed.spec.name) });
    this.#feeds.delete(plainName(feed.spec));
    await feed.end();
    await feed.memory.remove().catch((error: unknown) => feed.notSaved(error));
    return {};
  }

  async #setRules(rules: readonly FeedRule[]): Promise<{}> {
    for (const [index, { directory }] of rules.entries()) {
      if (directory === undefined) continue;
      if (directory === "") throw outOfRange(`rules.${index}.directory`, '""', "a folder");
      await this.#ports.checkFolder(directory);
    }
    const checked = this.#rules.checkRemote(rules);
    await this.#save({ rules });
    this.#rules.setRemote(checked);
    for (const feed of this.#feeds.values()) feed.forgetDocument();
    return {};
  }

  #open(setting: FeedSetting, from: FeedOrigin): Feed {
    const { name, url, interval } = setting;
    const intervalMs = interval === undefined ? usualIntervalMs : interval * 1_000;
    const memory = new FeedMemory(this.#ports.files, name);
    const take = (feed: Feed, items: readonly KeyedItem[]) => this.#take(feed, items);
    const feed = new Feed({ name, url, intervalMs, from }, memory, { ...this.#ports, take });
    this.#feeds.set(plainName(setting), feed);
    return feed;
  }

  #lookSoon(feed: Feed): void {
    if (this.#hasBegun) void feed.look();
  }

  async #take(feed: Feed, items: readonly KeyedItem[]): Promise<void> {
    const { failed, memory, spec } = feed;
    await takeItems(
      { feed: spec.name, items, memory, failed },
      {
        ...this.#takePorts(),
        rules: () => this.#rules.all,
        ruleLate: (rule, title) => {
          rule.off = lateSentence(title);
          const message = `the rule ${rule.rule.name} is switched off: ${rule.off}`;
          this.#ports.warned("pattern-late", message);
        },
        add: async (link, rule) => {
          const ruleFrom = this.#rules.all.find((each) => each.rule === rule)?.from ?? "api";
          await this.#ports.add(link, rule, { feed, ruleFrom });
        },
        reserve: (rule, keys) => this.#reserve(rule, keys),
        turn: this.#ports.turn,
        notSaved: (error) => feed.notSaved(error),
        isOver: () => feed.isOver,
      },
    );
  }

  /** Keeps other feeds from episodes whose torrent is being added. @returns Ends that. */
  #reserve(rule: string, keys: readonly string[]): () => void {
    const reserved = keys.map((key) => episodeKey(rule, key));
    for (const each of reserved) this.#reserved.add(each);
    return () => {
      for (const each of reserved) this.#reserved.delete(each);
    };
  }

  #takePorts(): Pick<TakePorts, "isTaken" | "match" | "nowMs"> {
    const { clock, match } = this.#ports;
    const feeds = this.#feeds;
    return {
      match,
      nowMs: clock.epochMs(),
      isTaken: (rule, key) =>
        this.#reserved.has(episodeKey(rule, key)) ||
        feeds.values().some(({ memory }) => memory.hasEpisode(rule, key)),
    };
  }

  /** @throws TroupeError `no-feed` */
  #named(name: string): Feed {
    const feed = this.#feeds.get(plainName({ name }));
    if (feed === undefined) throw new TroupeError("no-feed", `there is no feed ${name}`);
    return feed;
  }

  /** @throws TroupeError `no-feed`, `feed-read-only` */
  #changeable(name: string): Feed {
    const feed = this.#named(name);
    if (feed.spec.from === "api") return feed;
    const message = `the feed ${name} is in the settings file: change it there, and restart`;
    throw new TroupeError("feed-read-only", message);
  }

  #remote(): readonly FeedSetting[] {
    return [...this.#feeds.values()].filter(({ spec }) => spec.from === "api").map(settingOf);
  }

  async #save(changes: Partial<RemoteFeeds>): Promise<void> {
    const { files } = this.#ports;
    await saveRemoteFeeds(files, { feeds: this.#remote(), rules: this.#rules.remote, ...changes });
  }
}

function settingOf({ spec: { name, url, intervalMs } }: Feed): FeedSetting {
  return { name, url, interval: intervalMs / 1_000 };
}

function notPermitted(name: string): TroupeError {
  const message = `the call ${name} needs the right control; the caller has the right read`;
  return new TroupeError("not-permitted", message, { details: { needed: "control" } });
}
