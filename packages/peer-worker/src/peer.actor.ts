// The peer-worker: sockets and the peer protocol for many peers per thread.

import type { Actor, MessageOf, Timer } from "@troupe/actor-runtime";
import { torrentOf } from "@troupe/messages";
import type { EngineProtocol, PeerProtocol, PeerWorkerOptions, TorrentId } from "@troupe/messages";

import { Acceptor } from "./connection/acceptor.ts";
import { Dialer } from "./connection/dialer.ts";
import { followHolepunch, sendHolepunch } from "./extensions/holepunch.ts";
import { askMetadata } from "./extensions/metadata.ts";
import { askHashes, hashesKnown } from "./hashes/asked-hashes.ts";
import { HashUploads } from "./hashes/hash-uploads.ts";
import { sendPeerExchange, setPeerExchange } from "./extensions/peer-exchange.ts";
import { PeerWorker, fileWorkerName } from "./peer-worker.ts";
import {
  transferTaken,
  closeFilteredPeers,
  closePeer,
  closeTorrent,
  leasePieces,
  openTorrent,
  pieceFailed,
  piecesHad,
  piecesLost,
  revokeLease,
  setExtensions,
  setPaused,
  setUnchoked,
  setDeadlines,
  setWanted,
} from "./engine/engine-messages.ts";
import { endTrace, startTrace } from "./engine/trace-messages.ts";
import { setLimitRules, setLimits, setTorrentLimits, setWeight } from "./engine/limit-messages.ts";
import { setDhtPorts } from "./session/dht-port.ts";
import { setSuperSeeding, showPieces } from "./session/super-seeding/super-seeding.ts";
import { openWebSeed } from "./web-seed/open-web-seed.ts";
import { refillAll, tick } from "./tick.ts";
import { openUdp } from "./udp/open-udp.ts";
import { SharedPort } from "./udp/shared-port.ts";
import type { Torrent, TorrentContent } from "./torrent.ts";
import type { DiskUploads } from "./upload/disk-uploads.ts";
import type { SessionWithContent } from "./session/session.ts";

const tickMs = 1_000;

/** The state of an incarnation. */
export interface PeerState {
  readonly worker: PeerWorker;
  readonly dialer: Dialer;
  readonly acceptor: Acceptor;
  readonly sharedPort: SharedPort;
  readonly tickTimer: Timer;
}

/**
 * Serves the engine (role `owner`); file-workers (roles `file-0` …) read for peers' requests. The DHT worker uses the UDP
 * port of the first peer-worker.
 */
export const peerActor: Actor<
  PeerProtocol,
  PeerWorkerOptions,
  PeerState,
  { owner: EngineProtocol }
> = {
  name: "peer",
  start: (context, options) => {
    const makeHashRequests = (made: PeerWorker): HashUploads => new HashUploads(made);
    const worker = new PeerWorker(context, options, refillAll, makeHashRequests);
    return {
      worker,
      dialer: new Dialer(worker),
      acceptor: new Acceptor(worker),
      sharedPort: new SharedPort(context),
      tickTimer: context.timers.every(tickMs, () => tick(worker)),
    };
  },
  /** Without messages: the connections just end. */
  stop: async ({ worker, acceptor, sharedPort, tickTimer }) => {
    tickTimer.cancel();
    for (const connection of worker.connections) connection.destroy();
    for (const { plugins } of worker.torrents.values()) plugins?.close();
    sharedPort.close();
    await acceptor.close();
  },
  subjectOf: torrentOf,
  handlers: {
    listen: ({ acceptor }, { hosts, port, reusePort }) => acceptor.listen(hosts, port, reusePort),
    "open-udp": (state, request) => openUdp(state, request),
    "use-port": ({ sharedPort }, { user }, from) => sharedPort.use(user, from),
    "send-datagrams": ({ sharedPort }, { user, batch }) => sharedPort.sendBatch(user, batch),
    "datagrams-taken": ({ sharedPort }, { user }) => sharedPort.taken(user),
    "open-torrent": ({ worker, dialer }, opened) => openTorrent(worker, dialer, opened),
    "close-torrent": ({ worker, dialer }, { torrent }) => closeTorrent(worker, dialer, torrent),
    "set-paused": forTorrent(setPaused),
    "set-wanted": forContent(setWanted),
    "set-deadlines": forContent(setDeadlines),
    dial: ({ dialer }, order) => dialer.dial(order),
    "open-web-seed": ({ worker }, order) => openWebSeed(worker, order),
    "ask-metadata": forTorrent(askMetadata),
    "ask-hashes": forContent(askHashes),
    "hashes-known": forContent(hashesKnown),
    "send-peer-exchange": forTorrent(sendPeerExchange),
    "send-holepunch": forTorrent(sendHolepunch),
    "close-peer": forTorrent(closePeer),
    "lease-pieces": ({ worker }, leased) => leasePieces(worker, leased),
    "revoke-lease": forContent(revokeLease),
    "pieces-had": forContent(piecesHad),
    "pieces-lost": forContent(piecesLost),
    "piece-failed": forContent(pieceFailed),
    "transferred-piece-taken": forContent(transferTaken),
    "set-max-peers": forTorrent((torrent, { maxPeers }) => {
      torrent.maxPeers = maxPeers;
    }),
    "set-unchoked": forTorrent(setUnchoked),
    "set-limits": ({ worker }, message) => setLimits(worker, message),
    "set-encryption": ({ worker }, { mode }) => {
      worker.encryption = mode;
    },
    "set-transport": ({ worker, acceptor }, { mode }) => {
      worker.transport = mode;
      followHolepunch(worker);
      acceptor.followTransport().catch((error: unknown) => worker.context.fail(error));
    },
    "set-limit-rules": ({ worker }, rules) => setLimitRules(worker, rules),
    "set-torrent-limits": forTorrent(setTorrentLimits),
    "set-weight": forTorrent(setWeight),
    "start-trace": forContent(startTrace),
    "end-trace": forTorrent(endTrace),
    "set-super-seeding": forTorrent(setSuperSeeding),
    "set-peer-exchange": forTorrent(setPeerExchange),
    "show-pieces": forContent(showPieces),
    "set-extensions": forTorrent(setExtensions),
    "set-ip-filter": setIpFilter,
    "set-public-port": ({ worker }, { port }) => {
      worker.publicPort = port;
    },
    "set-dht-ports": ({ worker }, ports) => setDhtPorts(worker, ports),
    "quarantine-address": ({ worker }, address) => worker.quarantine.add(address, worker.nowMs()),
  },
  linked: ({ worker }, role) => uploadsOf(worker, role)?.resume(),
  unlinked: ({ worker, sharedPort }, role, peer) => {
    sharedPort.leave(peer);
    uploadsOf(worker, role)?.fileWorkerGone();
  },
};

function setIpFilter(
  { worker, dialer, acceptor }: PeerState,
  memory: MessageOf<PeerProtocol, "set-ip-filter">,
): void {
  worker.ipFilter.set(memory);
  dialer.closeFiltered();
  acceptor.closeFiltered();
  closeFilteredPeers(worker);
}

/** A torrent that is closed by now gets no message. */
function forTorrent<Message extends { readonly torrent: TorrentId }>(
  handle: (torrent: Torrent, message: Message) => void,
) {
  return ({ worker }: PeerState, message: Message): void => {
    const torrent = worker.torrents.get(message.torrent);
    if (torrent !== undefined) handle(torrent, message);
  };
}

/** A torrent without its metadata gets no message about pieces. */
function forContent<Message extends { readonly torrent: TorrentId }>(
  handle: (content: TorrentContent, message: Message) => void,
) {
  return forTorrent<Message>(({ content }, message) => {
    if (content !== undefined) handle(content, message);
  });
}

function uploadsOf(
  { uploadSchedulers }: PeerWorker,
  role: string,
): DiskUploads<SessionWithContent> | undefined {
  return uploadSchedulers.find((_, disk) => role === fileWorkerName(disk));
}
