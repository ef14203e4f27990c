// Questions about the trackers of a torrent, on the user's thread.

import type { ReplyOf } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { ApiProtocol, CallRefusal, TrackerWait } from "@troupe/messages";
import { quarantinedError } from "./life/quarantined-torrent.ts";
import { refusalError } from "./refusal-error.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";

type TrackerCall = "announce-torrent" | "scrape-torrent" | "torrent-tiers";
type Answered<Call extends TrackerCall> = Exclude<
  ReplyOf<ApiProtocol, Call>,
  { readonly refused: string }
>;

/** Asks the engine. @throws TroupeError `no-torrent`, `quarantined`, and the refusal of the engine. */
export async function askTrackers<Call extends TrackerCall>(
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
async function askAny(proxy: Pick<TorrentProxy, "ask">, call: TrackerCall): Promise<object> {
  return await proxy.ask(call);
}

/** The trackers of an announce. @throws TroupeError `announce-too-early` when each of them wants none yet. */
export function announcedOrThrow(trackers: readonly TrackerWait[]): readonly TrackerWait[] {
  const first = trackers.toSorted((one, other) => one.inSeconds - other.inSeconds)[0];
  if (first === undefined || first.inSeconds === 0) return trackers;
  const host = URL.parse(first.url)?.host ?? "a tracker";
  const { inSeconds } = first;
  const wish =
    inSeconds === Infinity
      ? "wants no further announce"
      : `takes the next announce in ${inSeconds} s`;
  const message = `cannot announce yet: ${host} ${wish}`;
  throw new TroupeError("announce-too-early", message, { details: { trackers } });
}
