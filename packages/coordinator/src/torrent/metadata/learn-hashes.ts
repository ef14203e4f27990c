// The metadata of a magnet shows all its hashes: the link must have named no others, and no other torrent may have one.

import type { CallRefusal } from "@troupe/messages";
import { haveNames, namesOf } from "@troupe/protocol/identity";
import type { Magnet } from "@troupe/protocol/magnet";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { Engine } from "../../engine/base/engine-state.ts";
import { takeSources } from "../take-sources.ts";
import type { TorrentJob } from "../torrent-job.ts";
import type { JobMagnet } from "./job-magnet.ts";

/** @returns The refusal of metadata with another hash than the link names. */
export function refuseOtherHash(
  { infoHashes: named }: Magnet,
  { infoHashes: found }: Metainfo,
): Required<CallRefusal> | undefined {
  if (haveNames(found, named)) return undefined;
  const message = `the magnet link names two torrents: ${namesOf(named).join(" and ")}; the metadata is of ${namesOf(found).join(" and ")}`;
  return { refused: "magnet-malformed", message };
}

/**
 * Gives a magnet the hashes of its metadata. Of two torrents with one hash the second ends with `torrent-exists`, and the
 * first takes over what it lacks, its metadata excepted.
 *
 * @returns The other torrent and whether it is the first; undefined if there is none.
 */
export function learnHashes(
  engine: Engine,
  job: TorrentJob,
  magnet: JobMagnet,
  metainfo: Metainfo,
): { readonly twin: TorrentJob; readonly isFirst: boolean } | undefined {
  const { infoHashes } = metainfo;
  magnet.hasLearned = namesOf(infoHashes).length > namesOf(magnet.link.infoHashes).length;
  const twin = engine.torrents.find(infoHashes, job);
  const isFirst = twin !== undefined && twin.id < job.id;
  job.learnHashes(infoHashes);
  const [first, second] = isFirst ? [twin, job] : [job, twin];
  first.learnHashes(infoHashes);
  engine.torrents.hashesLearned(first);
  if (twin === undefined || second === undefined) return undefined;
  endSecond(engine, first, second, metainfo);
  return { twin, isFirst };
}

function endSecond(
  engine: Engine,
  first: TorrentJob,
  second: TorrentJob,
  metainfo: Metainfo,
): void {
  const { request, magnet } = second;
  const message = `this torrent was added before: ${first.identity.key} (${first.name})`;
  second.life.fail({ code: "torrent-exists", message });
  // The first one may take the lock of the second one at its next event.
  second.outbox.flush();
  const { trackers, webSeeds } = takeSources(engine, first, {
    ...{ request, metainfo },
    magnet: magnet?.link,
  });
  const useLocalHosts = second.setting("useLocalHosts");
  if (trackers.length > 0 || webSeeds.length > 0)
    first.outbox.emit({ event: "sources-taken", trackers, webSeeds, useLocalHosts });
}
