// The feeds of a running service: their thread, their files, and the network of its engine.

import {
  eventLoopTurn,
  inlineHost,
  nodePorts,
  openRoot,
  settlesWithin,
  threadHost,
  type Http,
  type MayDial,
  type Supervisor,
} from "@troupe/actor-runtime";
import { workerUrls } from "@troupe/api-base";
import { ConcurrencyLimit } from "@troupe/coordinator/commands";
import type { CommandAnswer } from "../../service.messages.ts";
import type { ServiceOptions } from "../../program/service-options.ts";
import { addItem } from "./add-item.ts";
import { feedReaderTree } from "./feed-reader-tree.ts";
import type { FeedCall } from "./feed-calls.ts";
import { Feeds } from "./feeds.ts";
import { openFeedFiles } from "./look/feed-files.ts";
import { hopRule } from "./look/fetch-link.ts";
import { ReaderThread } from "./look/reader-thread.ts";

/** The end of the feeds waits no longer for a look under way. */
const closeMs = 1_000;
/** Looks at once; further ones wait. */
const mostLooks = 4;

/** The service around its feeds. */
interface ServiceParts {
  /** The folder of feeds in the state folder. */
  readonly folder: string;
  /** HTTP by the rules of the engine. */
  readonly http: Pick<Http, "get">;
  /** The engine's rule for hosts that strangers name. */
  readonly strangers: MayDial;
  /** Runs the command `add` for a caller with the right `control`. @param folder Named in the settings file: it may be used too. */
  add(given: object, folder: string | undefined): Promise<CommandAnswer>;
  /** @throws rejects with TroupeError `not-permitted` */
  checkFolder(path: string): Promise<void>;
  /** Shows the thread in `actors()`. */
  addTree(root: Supervisor): void;
}

type Options = Pick<
  ServiceOptions,
  "feedRules" | "feeds" | "host" | "log" | "warned" | "workerUrls"
>;

/** Feeds that are open. */
export interface OpenFeeds {
  begin(): void;
  run(call: FeedCall): Promise<CommandAnswer>;
  close(): Promise<void>;
}

/** Opens the feeds of a service. @throws rejects with TroupeError `option-out-of-range`, `worker-file-not-found` */
export async function openFeeds(options: Options, parts: ServiceParts): Promise<OpenFeeds> {
  const { clock, random, timers } = nodePorts();
  const { http, strangers } = parts;
  const memory = { progress: new SharedArrayBuffer(8) };
  const root = await openTree(options, () => {
    memory.progress = new SharedArrayBuffer(8);
    return memory;
  });
  const reader = new ReaderThread({ root, clock, timers, progress: () => memory.progress });
  const turns = new ConcurrencyLimit(mostLooks);
  try {
    const feeds = new Feeds(
      {
        ...{ clock, random, timers, http, warned: options.warned },
        files: openFeedFiles(parts.folder),
        hops: ({ from, url }) => hopRule(from === "settings" ? url : undefined, strangers),
        inTurn: (work, signal) => turns.run(work, signal),
        read: (bytes, url) => reader.read(bytes, url),
        turn: eventLoopTurn,
        match: (pattern, titles) => reader.match(pattern, titles),
        checkFolder: (path) => parts.checkFolder(path),
        add: async (link, rule, { feed: { spec, signal }, ruleFrom }) => {
          const own = spec.from === "settings" ? spec.url : undefined;
          const folder = ruleFrom === "settings" ? rule.directory : undefined;
          const add = (given: object) => parts.add(given, folder);
          await addItem(link, rule, { http, rule: hopRule(own, strangers), signal, add });
        },
      },
      { feeds: options.feeds ?? [], rules: options.feedRules ?? [] },
    );
    parts.addTree(root);
    return {
      begin: () => feeds.begin(),
      run: (call) => feeds.run(call),
      close: async () => {
        // A disk that hangs does not hold up the end of the program.
        await settlesWithin(timers, closeMs, feeds.close());
        await settlesWithin(timers, closeMs, reader.close());
        await root.stop();
      },
    };
  } catch (error) {
    await root.stop();
    throw error;
  }
}

function openTree(
  { host, log, workerUrls: urls, warned }: Pick<Options, "host" | "log" | "warned" | "workerUrls">,
  readerOptions: () => { readonly progress: SharedArrayBuffer },
): Promise<Supervisor> {
  return openRoot({
    host: host === "inline" ? inlineHost() : threadHost(workerUrls(urls)),
    spec: feedReaderTree(readerOptions),
    noticeHandlers: {},
    ...(log !== undefined && { log }),
    failed: (error) => warned("feeds-failed", String(error)),
  });
}
