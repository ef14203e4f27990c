// A source of a torrent that is there already: the torrent takes over what the source has and it lacks.

import type { TakenOver } from "@troupe/messages";
import { giveMetadata } from "../torrent/metadata/seek-metadata.ts";
import { takeSources, type OtherSource } from "../torrent/take-sources.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";

/** A source that was read. */
interface Source extends OtherSource {
  /** The bytes of its dictionary `info`. */
  readonly info?: Uint8Array;
}

/**
 * Gives a torrent the peers and the metadata that it lacks, unless the torrent or the source is private (BEP 27): such a
 * torrent gets its metadata alone.
 *
 * @returns What it has got; trackers and web seeds are for the API, whose settings have them.
 */
export function takeOver(engine: Engine, job: TorrentJob, { info, ...source }: Source): TakenOver {
  // Before the metadata, which may end the search for peers.
  const found = takeSources(engine, job, source);
  return { ...found, metadata: info !== undefined && giveMetadata(engine, job, info) };
}
