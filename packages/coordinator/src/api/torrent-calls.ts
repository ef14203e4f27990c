// What a user asks the engine about one torrent.

import type { ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol, TorrentId } from "@troupe/messages";
import type { TorrentServices } from "./torrent-services.ts";
import { abortable } from "./events/abortable.ts";

type TorrentCall = "torrent-status" | "torrent-why" | "part-file";

/**
 * @param id Its number in the engine at hand: each engine gives it another.
 * @throws the reason of `signal`
 */
export async function callAbout<Name extends TorrentCall>(
  name: Name,
  { engine, untilAnswered }: Pick<TorrentServices, "engine" | "untilAnswered">,
  id: () => TorrentId,
  signal: AbortSignal | undefined,
): Promise<ReplyOf<EngineProtocol, Name>> {
  return await abortable(signal, () => untilAnswered(() => engine.call(name, { torrent: id() })));
}
