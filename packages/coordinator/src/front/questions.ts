// What a user asks the engine about one torrent.

import type { ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol, TorrentId } from "@troupe/messages";
import type { TorrentParts } from "./torrent-parts.ts";
import { whileWanted } from "./while-wanted.ts";

type Question = "torrent-status" | "torrent-why" | "part-file";

/**
 * @param id Its number in the engine at hand: each engine gives it another.
 * @throws the reason of `signal`
 */
export async function askAbout<Name extends Question>(
  name: Name,
  { engine, patiently }: Pick<TorrentParts, "engine" | "patiently">,
  id: () => TorrentId,
  signal: AbortSignal | undefined,
): Promise<ReplyOf<EngineProtocol, Name>> {
  return await whileWanted(signal, () => patiently(() => engine.call(name, { torrent: id() })));
}
