// The hash layers of a magnet whose metadata alone is wanted (BEP 52). Peers are asked for them, and no files are opened.

import { shareBytes } from "@troupe/messages";
import { maxTorrentBytes, withPieceLayers } from "@troupe/protocol/metainfo";
import type { Engine } from "../../engine/base/engine-state.ts";
import { layersToFetch } from "../hashes/layers-to-fetch.ts";
import { openAtWorker } from "../join-swarm.ts";
import { sharedContent } from "../torrent-content.ts";
import { hasContent, type TorrentJob } from "../torrent-job.ts";
import type { FoundMetadata } from "./job-magnet.ts";

/** Opens the pieces of a torrent without hash layers in the peer-workers, which then know the pieces of the peers. */
export function openForLayers(
  engine: Engine,
  job: TorrentJob,
  { metainfo, torrent }: FoundMetadata,
): void {
  // The content of an earlier run has the hashes that came then.
  if (hasContent(job) || job.request.layersWithinMs === undefined) return;
  if (layersToFetch(metainfo) === undefined) return;
  job.setContent(sharedContent(metainfo, torrent), engine.context.random);
  for (const peerWorker of engine.peerWorkers) openAtWorker(engine, job, peerWorker);
}

/** Peers may still send hash layers in time. */
export function seeksLayers(
  { context }: Pick<Engine, "context">,
  { content, magnet, request: { layersWithinMs = 0 } }: TorrentJob,
): boolean {
  if (content?.layers === undefined || magnet?.reported === undefined) return false;
  return context.clock.nowMs() - magnet.reported.atMs < layersWithinMs;
}

/** @returns The metadata with all hash layers in its .torrent; as it is if some are missing. */
export function withLayers({ content }: TorrentJob, found: FoundMetadata): FoundMetadata {
  if (content === undefined || content.layers !== undefined) return found;
  const torrent = withPieceLayers(new Uint8Array(found.torrent), content.metainfo);
  // A longer .torrent would not be read.
  return torrent.length > maxTorrentBytes ? found : { ...found, torrent: shareBytes(torrent) };
}
