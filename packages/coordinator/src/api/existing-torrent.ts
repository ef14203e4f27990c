import { TroupeError } from "@troupe/control";
import type { AddRefusal, TakenOver } from "@troupe/messages";
import { refusalError } from "./refusal-error.ts";
import type { TorrentList } from "./torrent-list.ts";
import type { AddOptions } from "./options/generated/torrent-options.ts";

/**
 * The error of an `add` that was refused. A torrent that is there already gets the trackers and the web seeds of the source;
 * `details` of the error has its info-hash in `torrent`, and in `took` what was new. After those of a source that may name no local host, the torrent reaches no
 * local host either.
 */
export function addError(
  { exists, ...refusal }: AddRefusal,
  torrents: Pick<TorrentList, "get">,
  { webSeeds: chosen = [], useLocalHosts = true }: Pick<AddOptions, "useLocalHosts" | "webSeeds">,
): TroupeError {
  const known = exists && torrents.get(exists.torrent);
  if (exists === undefined || known === undefined) return refusalError(refusal);
  const { info, settings } = known;
  const { trackers, webSeeds } = exists.took;
  const chosenSeeds = settings.takeOver({ trackers, webSeeds, chosen, useLocalHosts });
  const took: TakenOver = { ...exists.took, webSeeds: [...chosenSeeds, ...webSeeds] };
  return new TroupeError(refusal.refused, refusal.message, {
    details: { torrent: info.infoHash, took },
  });
}
