// The way of a link to a torrent: the fetch, and the command that adds it.

import type { Http } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { CommandAnswer } from "../../service.messages.ts";
import { addedOptions } from "../added-options.ts";
import { fetchLink, notFetched, type HopRule } from "./look/fetch-link.ts";
import type { FeedRule } from "./rules/feed-rule.ts";

/** A .torrent that is longer is refused. */
const mostTorrentBytes = 32 * 1_024 ** 2;

/** The world of an item that is added. */
interface AddItemPorts {
  readonly http: Pick<Http, "get">;
  readonly rule: HopRule;
  readonly signal: AbortSignal;
  /** Runs the command `add`. */
  add(given: object): Promise<CommandAnswer>;
}

/**
 * Adds the torrent of a link. One that is there already is no error.
 *
 * @throws rejects with TroupeError `feed-not-fetched`, and the codes of the command; ActorError as `Http.get`
 */
export async function addItem(link: string, rule: FeedRule, ports: AddItemPorts): Promise<void> {
  const source = await sourceOf(link, ports);
  const answer = await ports.add({ ...source, ...addedOptions(rule) });
  if ("result" in answer || answer.error.code === "torrent-exists") return;
  const { code, message } = answer.error;
  throw new TroupeError(code, message);
}

async function sourceOf(link: string, { http, rule, signal }: AddItemPorts): Promise<object> {
  const got = await fetchLink(link, {
    ...{ http, rule, signal, mostBytes: mostTorrentBytes, takesMagnets: true },
  });
  if (got.kind === "magnet") return { source: got.link };
  if (got.status !== 200) throw notFetched(link, `the server answered ${got.status}`);
  return { metainfo: Buffer.from(got.body).toString("base64") };
}
