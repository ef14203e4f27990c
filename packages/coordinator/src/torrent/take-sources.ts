// The trackers, web seeds and peers of another source of a torrent: the torrent takes those that it lacks.

import type { AddTorrent, TakenOver } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { Magnet } from "@troupe/protocol/magnet";
import type { Metainfo } from "@troupe/protocol/metainfo";
import type { Engine } from "../engine/base/engine-state.ts";
import { addLinkPeer, addUserPeer } from "./addresses/user-peers.ts";
import type { TorrentJob } from "./torrent-job.ts";
import { tiersOf } from "./torrent-announcer.ts";

/** A source that was read. */
export interface OtherSource {
  readonly request: Omit<AddTorrent, "metainfo">;
  readonly metainfo?: Metainfo | undefined;
  readonly magnet?: Magnet | undefined;
}

const nothing: TakenOver = { trackers: [], webSeeds: [], peers: 0, metadata: false };

/**
 * Gives a torrent the peers that it lacks, unless the torrent or the source is private (BEP 27).
 *
 * @returns What it has got; trackers and web seeds are for the API, whose settings have them.
 */
export function takeSources(engine: Engine, job: TorrentJob, source: OtherSource): TakenOver {
  const { magnet, metainfo, request } = source;
  if (job.metainfo?.isPrivate === true || metainfo?.isPrivate === true) return nothing;
  const found = newSources(engine, job, source);
  if (magnet === undefined) return found;
  return { ...found, peers: found.peers + takeLinkPeers(engine, job, magnet, request) };
}

function newSources(
  engine: Engine,
  job: TorrentJob,
  { magnet, metainfo, request }: OtherSource,
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
  { source = "file", isFromStranger }: OtherSource["request"],
): number {
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
