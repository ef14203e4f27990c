// The feeds and rules of remotes, in a file of the state folder.

import { asFault, systemSentence } from "@troupe/actor-runtime";
import { checkGate, feedRule, feedSetting, TroupeError, type ValueOf } from "@troupe/control";
import { parsed } from "../../program/state-text.ts";
import type { FeedFiles } from "./look/feed-memory.ts";
import { checkRule, type FeedRule } from "./rules/feed-rule.ts";

/** A feed as its user writes it. */
export type FeedSetting = ValueOf<typeof feedSetting>;

/** Feeds and rules that remotes have set. */
export interface RemoteFeeds {
  readonly feeds: readonly FeedSetting[];
  readonly rules: readonly FeedRule[];
}

const fileName = "feeds.json";
const version = 1;
/** A longer file is not this program's. */
const longestText = 4 * 1_024 ** 2;

/** Reads the file. What is wrong in it is left out, with a warning. @throws a system error */
export function readRemoteFeeds(
  files: Pick<FeedFiles, "read">,
  warn: (sentence: string) => void,
): RemoteFeeds {
  const text = files.read(fileName);
  const saved = text === undefined ? { version, feeds: [], rules: [] } : parse(text);
  if (saved === undefined) {
    warn(`${fileName} in the state folder is malformed: feeds and rules of remotes are left out`);
    return { feeds: [], rules: [] };
  }
  const feeds = sound((each) => checkGate(feedSetting, "", each), saved.feeds, warn);
  const rules = sound(usableRule, saved.rules, warn);
  return { feeds, rules };
}

/** Settles when the file is durable. @throws rejects with TroupeError `feeds-not-saved` */
export async function saveRemoteFeeds(
  files: Pick<FeedFiles, "replace">,
  { feeds, rules }: RemoteFeeds,
): Promise<void> {
  const text = `${JSON.stringify({ version, feeds, rules }, null, 1)}\n`;
  await files.replace(fileName, text).catch((cause: unknown) => {
    const message = `cannot save the feeds: ${systemSentence(cause)}; nothing was changed`;
    throw new TroupeError("feeds-not-saved", message, { cause });
  });
}

function parse(
  text: string,
): { readonly feeds: readonly unknown[]; readonly rules: readonly unknown[] } | undefined {
  if (text.length > longestText) return undefined;
  const saved = (parsed(text) ?? {}) as Readonly<Record<string, unknown>>;
  const { feeds, rules } = saved;
  if (saved["version"] !== version || !Array.isArray(feeds) || !Array.isArray(rules))
    return undefined;
  return { feeds, rules };
}

function sound<Value>(
  check: (value: unknown) => Value,
  values: readonly unknown[],
  warn: (sentence: string) => void,
): Value[] {
  return values.flatMap((value) => {
    try {
      return [check(value)];
    } catch (error) {
      warn(`a feed or a rule of remotes is left out: ${asFault(error).message}`);
      return [];
    }
  });
}

function usableRule(value: unknown): FeedRule {
  return checkRule(checkGate(feedRule, "", value)).rule;
}
