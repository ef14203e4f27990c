// The engine: it supervises the workers and owns every decision about torrents. Each line of its handler table names
// the function that answers.

import type { Actor } from "@troupe/actor-runtime";
import type {
  DhtProtocol,
  EngineOptions,
  FileProtocol,
  PeerProtocol,
  TorrentId,
} from "@troupe/messages";
import { readFailed } from "../torrent/checks/suspect-files.ts";
import { cancelHashCheck, partFileOf, startHashCheck } from "../torrent/checks/recheck.ts";
import { transferTaken, leaseReturned, piecesWanted } from "../torrent/pieces/piece-leases.ts";
import { piecesSealed } from "../torrent/pieces/sealed-pieces.ts";
import { pieceNotWritten, piecesWritten } from "../torrent/pieces/written-pieces.ts";
import { planRename, renameFiles } from "../torrent/storage/rename-files.ts";
import { recordNotSaved, syncFailed } from "../torrent/storage/save-failures.ts";
import { dialFailed } from "../torrent/swarm/dial-schedule.ts";
import {
  disconnectPeer,
  admitPeer,
  ownAddressSeen,
  peerClosed,
  peerListens,
  peerOpened,
} from "../torrent/swarm/peers.ts";
import { endTrace, tracePeer, wireTraced } from "../torrent/swarm/trace-peers.ts";
import { interestChanged } from "../torrent/choking/give-slots.ts";
import { addUserPeer } from "../torrent/addresses/user-peers.ts";
import { peerExchangeOffered, peersNamed } from "../torrent/peer-exchange/peer-exchange.ts";
import { holepunchOffered, holepunchReceived } from "../torrent/holepunch/holepunch.ts";
import { extensionFailed, extensionThrew } from "../torrent/plugins/extensions.ts";
import { setModules } from "../torrent/plugins/set-modules.ts";
import { hashesCame, hashesRejected } from "../torrent/hashes/fetch-layers.ts";
import { setDeadlines } from "../torrent/pieces/set-deadlines.ts";
import { setPriorities } from "../torrent/pieces/set-priorities.ts";
import { readFile } from "../torrent/reading/read-file.ts";
import { endReader } from "../torrent/reading/tend-readers.ts";
import { scrapeTorrent } from "../torrent/torrent-scrape.ts";
import { announceNow, tierStatus } from "../torrent/torrent-announcer.ts";
import { webSeedClosed } from "../torrent/web-seeds/web-seed-ends.ts";
import { webSeedWithoutRanges } from "../torrent/web-seeds/web-seed-peer.ts";
import { statusOf } from "../torrent/report/status.ts";
import { whyNow } from "../torrent/report/why-input.ts";
import {
  acceptMetadata,
  metadataOffered,
  metadataReceived,
  metadataRejected,
  setMetadataWait,
} from "../torrent/metadata/seek-metadata.ts";
import { dhtPortNamed } from "../torrent/dht-peers.ts";
import { addTorrent } from "./add-torrent.ts";
import { endMove, findMove, moveTorrent, removeTorrent, settleMove } from "./torrent-registry.ts";
import type { EngineServices } from "./base/engine-services.ts";
import type { Engine, EngineActorProtocol } from "./base/engine-state.ts";
import { breadcrumbOf } from "./base/breadcrumb.ts";
import { changeBans } from "./peers/change-bans.ts";
import { setIpFilter } from "./peers/ip-filter.ts";
import { changeSettings, changeTorrentSettings } from "./settings/change-settings.ts";
import { readMetrics } from "./metrics/read-metrics.ts";
import { totalsNow } from "./totals/save-totals.ts";
import { listen } from "./peers/listen-port.ts";
import { endActor, hangActor, startEngine } from "./start/engine-start.ts";
import { shutDown, stuckThreads } from "./engine-end.ts";
import { listJobs, pauseTorrent, startTorrent, stopTorrent } from "./api-messages.ts";
import { frameTaken } from "./progress-frames.ts";
import { forContent, forJob, fromFile, fromPeer, fromPeerForContent } from "./handler-forms.ts";

/** The protocols of the engine's workers. */
export type WorkerProtocols = { peer: PeerProtocol; file: FileProtocol; dht: DhtProtocol };

const noTorrent = { refused: "no-torrent" } as const;
type EngineActor = Actor<EngineActorProtocol, EngineOptions, Engine, WorkerProtocols>;

const noticeHandlers: Required<EngineActor>["noticeHandlers"] = {
  peer: {
    "peer-opened": fromPeer(peerOpened),
    "peer-listens": fromPeer(peerListens),
    "own-address-seen": fromPeer(ownAddressSeen),
    "metadata-offered": fromPeer(metadataOffered),
    "metadata-block": fromPeer(metadataReceived),
    "metadata-rejected": fromPeer(metadataRejected),
    "hashes-came": fromPeerForContent(hashesCame),
    "hashes-rejected": fromPeerForContent(hashesRejected),
    "peer-exchange-offered": fromPeer(peerExchangeOffered),
    "peers-named": fromPeer(peersNamed),
    "holepunch-offered": fromPeer(holepunchOffered),
    "holepunch-received": fromPeer(holepunchReceived),
    "dht-port": fromPeer(dhtPortNamed),
    "interest-changed": fromPeerForContent(interestChanged),
    "extension-failed": fromPeer(extensionFailed),
    "extension-threw": fromPeer(extensionThrew),
    "peer-closed": fromPeer(peerClosed),
    "dial-failed": fromPeer(dialFailed),
    "web-seed-closed": fromPeerForContent(webSeedClosed),
    "web-seed-without-ranges": fromPeerForContent(webSeedWithoutRanges),
    "pieces-wanted": fromPeerForContent(piecesWanted),
    "pieces-sealed": fromPeerForContent(piecesSealed),
    "lease-returned": fromPeerForContent(leaseReturned),
    "wire-traced": fromPeer(wireTraced),
  },
  file: {
    "pieces-written": fromFile(piecesWritten),
    "piece-not-written": fromFile(pieceNotWritten),
    "sync-failed": forJob(syncFailed),
    "record-not-saved": forJob(recordNotSaved),
    "read-failed": forContent(readFailed),
  },
  dht: {
    "quest-answer": ({ network: { dht } }, answer) => dht?.questAnswered(answer),
    "quest-round": ({ network: { dht } }, round) => dht?.questEnded(round),
    "quest-refused": ({ network: { dht } }, { quest }) => dht?.questRefused(quest),
    // The engine asks for no items.
    "quest-item": () => undefined,
  },
};

function originsOf({ metrics }: Engine, { id }: { readonly id: TorrentId }) {
  return { origins: metrics.origins.of(id) };
}

/** The engine with the given services: threads in production, other hosts in tests. */
export function engineActor(services: EngineServices): EngineActor {
  return {
    name: "engine",
    start: (context, options) => startEngine(context, options, services),
    stop: async (engine) => void (await shutDown(engine)),
    subjectOf: breadcrumbOf,

    handlers: {
      // From the API.
      listen,
      "set-ip-filter": setIpFilter,
      "change-bans": changeBans,
      totals: totalsNow,
      metrics: (engine) => ({ metrics: readMetrics(engine) }),
      "rate-history": ({ metrics }) => metrics.rates.read(),
      "piece-origins": forJob(originsOf, noTorrent),
      "add-torrent": addTorrent,
      "start-torrent": forJob(startTorrent),
      "stop-torrent": forJob(stopTorrent, {}),
      "pause-torrent": forJob(pauseTorrent),
      "remove-torrent": forJob(removeTorrent, {}),
      "accept-metadata": forJob(acceptMetadata),
      "set-metadata-wait": forJob(setMetadataWait),
      "plan-rename": forJob(planRename, noTorrent),
      "rename-files": forJob(renameFiles, noTorrent),
      "move-torrent": forJob(moveTorrent, noTorrent),
      "find-move": forJob(findMove, noTorrent),
      "settle-move": forJob(settleMove, noTorrent),
      "end-move": forJob(endMove, noTorrent),
      "change-settings": changeSettings,
      "frame-taken": frameTaken,
      "change-torrent-settings": forJob(changeTorrentSettings),
      "list-jobs": listJobs,
      "torrent-status": forJob(statusOf, noTorrent),
      "torrent-why": forJob(whyNow, noTorrent),
      "torrent-tiers": forJob((_engine, job) => ({ tiers: tierStatus(job) }), noTorrent),
      "scrape-torrent": forJob(scrapeTorrent, noTorrent),
      "announce-torrent": forJob(announceNow, noTorrent),
      "trace-peer": forJob(tracePeer, noTorrent),
      "end-trace": forJob(endTrace),
      "add-peer": forJob(addUserPeer),
      "disconnect-peer": forJob(disconnectPeer),
      "hash-check": forJob(startHashCheck),
      "cancel-hash-check": forContent(cancelHashCheck),
      "part-file": forJob(partFileOf, noTorrent),
      "set-priorities": forContent(setPriorities),
      "set-deadlines": forContent(setDeadlines),
      "read-file": forJob(readFile, noTorrent),
      "end-reader": forJob(endReader),
      "set-modules": forJob(setModules),
      "shut-down": async (engine) => ({ left: await shutDown(engine) }),
      "stuck-threads": (engine) => ({ threads: stuckThreads(engine) }),
      "end-actor": endActor,
      "hang-actor": hangActor,
      // From peer-workers.
      admit: fromPeer(admitPeer, { refused: "closed" } as const),
      "transferred-piece-taken": forContent(transferTaken),
      "port-opened": ({ network }, listening) => network.sharedPort.opened(listening),
      "datagrams-received": ({ network }, received) => network.sharedPort.received(received),
    },

    noticeHandlers,
  };
}
