import type { PeerRowIndex } from "@troupe/messages";
import type { Magnet } from "@troupe/protocol/magnet";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { LinkSource } from "../../named-hosts.ts";
import { MetadataFetch } from "./metadata-fetch.ts";

/** Metadata that passed the gate, until the torrent gets its content. */
export interface FoundMetadata {
  readonly metainfo: Metainfo;
  /** The .torrent that was made of it. */
  readonly torrent: SharedArrayBuffer;
  /** Undefined: 1 each. */
  readonly priorities: readonly number[] | undefined;
}

/** The link of a torrent, and the fetch of its metadata over all runs. */
export class JobMagnet {
  readonly link: Magnet;
  readonly source: LinkSource;
  /** Undefined once the torrent has its content. */
  fetch: MetadataFetch | undefined;
  found: FoundMetadata | undefined;
  /** The run that has reported the metadata, and when: monotonic. */
  reported: { readonly run: number; readonly atMs: number } | undefined;
  /** The metadata has named a hash that the link does not: the program takes its lock before the files are opened. */
  hasLearned = false;
  /** It has stopped with its metadata, as the setting `stopAt` wants: its next start goes on. */
  hasStopped = false;
  /** Monotonic; begin of the last run without the metadata. */
  soughtSinceMs = 0;

  constructor(link: Magnet, source: LinkSource) {
    this.link = link;
    this.source = source;
    this.fetch = new MetadataFetch(link.infoHashes);
  }

  /** Each `tr` is a tier. */
  get trackers(): readonly (readonly string[])[] {
    return this.link.trackers.map((url) => [url]);
  }

  /** The connection of a peer has ended. */
  peerGone(worker: number, peer: PeerRowIndex): void {
    this.fetch?.closed(peerKey(worker, peer));
  }

  /** Frees the memory of the fetch: the torrent has its content. */
  end(): void {
    this.fetch = undefined;
    this.found = undefined;
  }
}

/** The key of a peer in the fetch. */
export function peerKey(worker: number, peer: PeerRowIndex): string {
  return `${worker}/${peer}`;
}

/** The worker and the row of a key. */
export function placeOf(key: string): readonly [worker: number, peer: PeerRowIndex] {
  const [worker, peer] = key.split("/").map(Number);
  return [worker ?? 0, (peer ?? 0) as PeerRowIndex];
}
