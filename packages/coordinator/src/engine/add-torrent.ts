import type { ReplyOf } from "@troupe/actor-runtime";
import type { AddRefusal, AddTorrent, ApiProtocol, TorrentId, TorrentInfo } from "@troupe/messages";
import { copyShared } from "@troupe/messages";
import { ProtocolError } from "@troupe/protocol/errors";
import { identityOf } from "@troupe/protocol/identity";
import type { Magnet } from "@troupe/protocol/magnet";
import type { Metainfo } from "@troupe/protocol/metainfo";
import { makePeerId, peerIdBytes } from "@troupe/protocol/peer";
import {
  infoOf,
  infoWithoutContent,
  readContent,
  refuseNames,
  refusePriorities,
} from "../torrent/content-gate.ts";
import { carryOut } from "../torrent/lifecycle/effects.ts";
import { JobMagnet } from "../torrent/metadata/job-magnet.ts";
import { readLink } from "../torrent/metadata/magnet-gate.ts";
import { saveTorrent } from "../torrent/metadata/save-torrent.ts";
import { sharedContent, type KnownContent } from "../torrent/torrent-content.ts";
import { TorrentJob } from "../torrent/torrent-job.ts";
import type { Engine } from "./base/engine-state.ts";
import { takeOver } from "./take-over.ts";
import { followTorrentLimits } from "./settings/setting-rules.ts";

/** The fields that a .torrent or a magnet link gives a torrent. */
type SourceFields = Pick<Metainfo, "infoHashes" | "trackers"> & { readonly magnet?: JobMagnet };

/** Adds a torrent, stopped. @returns its contents as far as they are known, or why it is refused. */
export function addTorrent(
  engine: Engine,
  request: AddTorrent,
): ReplyOf<ApiProtocol, "add-torrent"> {
  const { metainfo, ...kept } = request;
  return metainfo === undefined ? addMagnet(engine, kept) : addMetainfo(engine, kept, metainfo);
}

function addMetainfo(
  engine: Engine,
  request: TorrentJob["request"],
  memory: SharedArrayBuffer,
): TorrentInfo | AddRefusal {
  const { areLayersProven, key, names, priorities, settings, source = "file" } = request;
  const bytes = copyShared(memory);
  const { layout } = settings;
  const metainfo = readContent(bytes, { source, key, names, layout, areLayersProven });
  if ("refused" in metainfo) return metainfo;
  const info = bytes.subarray(metainfo.infoSpan.start, metainfo.infoSpan.end);
  const refused =
    refuseDuplicate(engine, metainfo, { request, metainfo, info }) ??
    refusePriorities(metainfo, priorities) ??
    refuseNames(metainfo, request);
  if (refused !== undefined) return refused;
  const job = addJob(engine, request, metainfo, sharedContent(metainfo, memory));
  if (request.isUnsaved === true) saveTorrent(engine, job, memory);
  return infoOf(job, metainfo);
}

function addMagnet(engine: Engine, request: TorrentJob["request"]): TorrentInfo | AddRefusal {
  const { magnet: text = "", source = "file" } = request;
  let link: Magnet;
  try {
    link = readLink(text, source);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { refused: error.code, message: error.message };
  }
  const magnet = new JobMagnet(link, source);
  const { infoHash, infoHashes, name = infoHash } = link;
  const names = { infoHash, infoHashes, name };
  const refused = refuseDuplicate(engine, names, { request, magnet: link });
  if (refused !== undefined) return refused;
  const fields = { infoHashes, trackers: magnet.trackers, magnet };
  return infoWithoutContent(addJob(engine, request, fields, undefined));
}

/** Refuses a source of a torrent that is there, which takes over what it lacks. */
function refuseDuplicate(
  engine: Engine,
  { infoHash, infoHashes, name }: Pick<Metainfo, "infoHash" | "infoHashes" | "name">,
  source: Parameters<typeof takeOver>[2],
): AddRefusal | undefined {
  const job = engine.torrents.find(infoHashes);
  if (job === undefined) return undefined;
  const message = `this torrent was added before: ${infoHash} (${name})`;
  const exists = { torrent: job.id, took: takeOver(engine, job, source) };
  return { refused: "torrent-exists", message, exists };
}

function addJob(
  engine: Engine,
  request: TorrentJob["request"],
  { infoHashes, trackers, magnet }: SourceFields,
  known: KnownContent | undefined,
): TorrentJob {
  const id = engine.counters.nextTorrent++ as TorrentId;
  const { peerIdPrefix } = engine.options.identity;
  const random = engine.context.random.bytes(peerIdBytes - peerIdPrefix.length);
  const peerId = makePeerId(random, peerIdPrefix);
  const identity = identityOf(infoHashes, request.key ?? request.recordKey);
  const fields = { id, identity, trackers, request, peerId, ...(magnet && { magnet }) };
  const job = new TorrentJob(fields, known, engine, (job, effect) => carryOut(engine, job, effect));
  engine.torrents.add(job);
  engine.awake.add(job);
  followTorrentLimits(engine, job);
  return job;
}
