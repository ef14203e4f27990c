// A source of a torrent that is there already: the torrent takes over what the source has and it lacks.

import type { AddTorrent, TakenOver } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { Magnet } from "@troupe/protocol/magnet";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { addLinkPeer, addUserPeer } from "../torrent/addresses/user-peers.ts";
import { giveMetadata } from "../torrent/metadata/seek-metadata.ts";
import type { TorrentJob } from "../torrent/torrent-job.ts";
import { tiersOf } from "../torrent/torrent-announcer.ts";
import type { Engine } from "./base/engine-state.ts";

/** A source that was read. */
interface Source {
  readonly request: Omit<AddTorrent, "metainfo">;
  readonly metainfo?: Metainfo;
  /** The bytes of its dictionary `info`. */
  readonly info?: Uint8Array;
  readonly magnet?: Magnet;
}

const nothing: TakenOver = { trackers: [], webSeeds: [], peers: 0, metadata: false };

/**
 * Gives a torrent the peers and the metadata that it lacks, unless the torrent or the source is private (BEP 27): such a
 * torrent gets its metadata alone.
 *
 * @returns What it has got; trackers and web seeds are for the API, whose settings have them.
 */
export function takeOver(engine: Engine, job: TorrentJob, source: Source): TakenOver {
  const { info, magnet, metainfo, request } = source;
  const isPrivate = job.metainfo?.isPrivate === true || metainfo?.isPrivate === true;
  // Before the metadata, which may end the search for peers.
  const found = isPrivate ? nothing : newSources(engine, job, source);
  const metadata = info !== undefined && giveMetadata(engine, job, info);
  if (magnet === undefined) return { ...found, metadata };
  return { ...found, peers: found.peers + takeLinkPeers(engine, job, magnet, request, isPrivate) };
}

function newSources(
  engine: Engine,
  job: TorrentJob,
  { magnet, metainfo, request }: Source,
): TakenOver {
  const own = request.settings.trackers ?? [];
  const trackers = [...own, ...(metainfo?.trackers ?? []).flat(), ...(magnet?.trackers ?? [])];
  const webSeeds = [
    ...(request.linkWebSeeds ?? []),
    ...(metainfo?.webSeeds ?? []),
    ...(magnet?.webSeeds ?? []),
  ];
  return {
    ...nothing,
    trackers: newTrackers(job, trackers),
    webSeeds: newWebSeeds(job, webSeeds),
    peers: request.peers.filter((peer) => takePeer(engine, job, peer)).length,
  };
}

/** Trackers that the user has chosen in place of all stay the only ones. */
function newTrackers(job: TorrentJob, urls: readonly string[]): readonly string[] {
  if (!job.setting("useTrackers") || job.setting("trackerTiers") !== undefined) return [];
  return newOf(urls, tiersOf(job).flat());
}

function newWebSeeds(job: TorrentJob, urls: readonly string[]): readonly string[] {
  if (!job.setting("torrentWebSeeds")) return [];
  const known = [
    ...job.setting("webSeeds"),
    ...job.setting("foundWebSeeds"),
    ...(job.content?.webSeeds.list.map(({ url }) => url) ?? job.magnet?.link.webSeeds ?? []),
  ];
  return newOf(urls, known);
}

function newOf(urls: readonly string[], known: readonly string[]): readonly string[] {
  const before = new Set(known);
  return [...new Set(urls)].filter((url) => !before.has(url));
}

type NamedPeer = Parameters<typeof addUserPeer>[2];

function takePeer(engine: Engine, job: TorrentJob, peer: NamedPeer): boolean {
  if (isKnown(job, peer)) return false;
  addUserPeer(engine, job, peer);
  return true;
}

function takeLinkPeers(
  engine: Engine,
  job: TorrentJob,
  { peers }: Magnet,
  { source = "file", isFromStranger }: Source["request"],
  isPrivate: boolean,
): number {
  if (isPrivate) return 0;
  const fresh = peers.filter((peer) => !isKnown(job, peer));
  const by = isFromStranger && { isFromStranger };
  for (const peer of fresh) addLinkPeer(engine, job, { ...peer, ...by }, source);
  return fresh.length;
}

function isKnown({ directory, peers }: TorrentJob, { host, port }: NamedPeer): boolean {
  const key = addressKey(host, port);
  const isConnected = [...peers.connected()].some(
    (peer) => addressKey(peer.host, peer.port) === key,
  );
  return isConnected || directory.has(host, port);
}
