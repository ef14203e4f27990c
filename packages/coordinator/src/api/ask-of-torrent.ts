// Questions about a torrent, on the user's thread.

import type { ReplyOf } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import type { ApiProtocol, CallRefusal } from "@troupe/messages";
import { quarantinedError } from "./life/quarantined-torrent.ts";
import { refusalError } from "./refusal-error.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";

type TorrentQuestion = "announce-torrent" | "piece-origins" | "scrape-torrent" | "torrent-tiers";
type Answered<Call extends TorrentQuestion> = Exclude<
  ReplyOf<ApiProtocol, Call>,
  { readonly refused: string }
>;

/** Asks the engine. @throws TroupeError `no-torrent`, `quarantined`, and the refusal of the engine. */
export async function askOfTorrent<Call extends TorrentQuestion>(
  proxy: Pick<TorrentProxy, "ask" | "info" | "isQuarantined">,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<Answered<Call>> {
  if (proxy.isQuarantined) throw quarantinedError(proxy.info.name);
  const answer: object = await abortable(signal, async () => await askAny(proxy, call));
  if ("refused" in answer) throw refusalError(answer as CallRefusal);
  return answer as Answered<Call>;
}

/** The reply as that of any call, because the type of one that is not known yet is none. */
async function askAny(proxy: Pick<TorrentProxy, "ask">, call: TorrentQuestion): Promise<object> {
  return await proxy.ask(call);
}
