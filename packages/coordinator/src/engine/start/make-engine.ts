import { type Context, PatientRef, CrashHistory } from "@troupe/actor-runtime";
import type { CheckPool, Hasher, HashPool } from "@troupe/hash-worker";
import { IpFilter, PortSockets, Quarantine } from "@troupe/messages";
import type {
  EngineOptions,
  FileProtocol,
  PeerProtocol,
  RecordsProtocol,
  TorrentId,
} from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { neighbourFound } from "../../torrent/local-announces.ts";
import { AddressBudget } from "../../torrent/addresses/address-budget.ts";
import { DialBounds } from "../../torrent/addresses/dial-bounds.ts";
import { HolepunchState } from "../../torrent/holepunch/holepunch-state.ts";
import { UnverifiedDials } from "../../torrent/addresses/unverified-dials.ts";
import { LocalAddresses } from "../../torrent/addresses/local-addresses.ts";
import { OwnAddresses } from "../../torrent/addresses/own-addresses.ts";
import { answerWaitingRequests } from "../../torrent/pieces/oversized-piece-leases.ts";
import { TrackerTransports } from "../../trackers/tracker-transport.ts";
import { makeTransportLimits } from "../../trackers/transport-limits.ts";
import { countedTransport } from "../../trackers/counted-transport.ts";
import { EngineMetrics } from "../metrics/engine-metrics.ts";
import { QueueState } from "../../torrent/queue/queue-state.ts";
import { UdpTrackers } from "../../trackers/udp/udp-trackers.ts";
import { ProxyLimits } from "../base/proxy-limits.ts";
import { DiskHandle } from "../base/disk-handle.ts";
import { mostFileWorkers } from "../base/disk-handles.ts";
import type { Engine, EngineContext, Network } from "../base/engine-state.ts";
import { Hashers } from "../base/hashers.ts";
import { PeerWorkerHandle } from "../base/peer-worker-handle.ts";
import { Slabs } from "../base/slabs.ts";
import { Torrents } from "../base/torrents.ts";
import { DialTurns } from "../../torrent/swarm/dial-turns.ts";
import { slotLevels } from "../choking/upload-slots.ts";
import { makeDht } from "../dht/make-dht.ts";
import { tellDhtPorts } from "../dht/dht-ports.ts";
import { DiskWatch } from "../disk/disk-watch.ts";
import { LocalDiscovery } from "../local-discovery/local-discovery.ts";
import { OversizedPieceQueue } from "../memory/oversized-piece-queue.ts";
import { EngineInterface } from "../peers/engine-interface.ts";
import { isOpenAtAllAddresses } from "../peers/udp-port.ts";
import { UserBans } from "../peers/user-bans.ts";
import { PortMapping } from "../port-mapping/port-mapping.ts";
import { setPublicPort } from "../port-mapping/public-port.ts";
import { RateLimiter } from "../rate-limits/rate-limiter.ts";
import { SessionTotals } from "../totals/session-totals.ts";
import { OversizedPieces } from "../memory/oversized-pieces.ts";

/** Memory of peers' waiting requests, divided among the workers: 800,000 requests. */
const requestMemoryBytes = 16 * 1024 * 1024;

/** Openers of the engine's pools. */
interface EnginePools {
  readonly openHashPool: () => HashPool;
  /** Called once for each device, at its first check. */
  readonly openCheckPool: () => CheckPool;
  readonly openHasher: (url: string, torrent: TorrentId) => Hasher;
}

type ContextWithRefs = EngineContext & Pick<Context, "ref">;

/** An engine before its start: without torrents, with handles of workers that do not run yet. */
export function makeEngine(
  context: ContextWithRefs,
  options: EngineOptions,
  { openHashPool, openCheckPool, openHasher }: EnginePools,
): Engine {
  const disks = makeDisks(context, options, openCheckPool);
  const metrics = new EngineMetrics(context.clock.nowMs());
  const engine: Engine = {
    context,
    options,
    settings: { values: options.settings ?? {} },
    awake: new Set(),
    torrents: new Torrents(),
    queue: new QueueState(options.settings ?? {}),
    peerWorkers: makePeerWorkers(context, options),
    disks,
    records: {
      calls: new PatientRef(context.ref<RecordsProtocol>("records"), context),
      watch: new DiskWatch(),
    },
    hashPool: openHashPool(),
    hashers: new Hashers(openHasher),
    memory: {
      slabs: new Slabs(disks.map(({ ref }) => ref)),
      // At the end of the turn, since the caller has not finished its own step.
      oversizedPieces: new OversizedPieces(() =>
        context.timers.soon(() => answerWaitingRequests(engine)),
      ),
      oversizedPieceQueue: new OversizedPieceQueue(),
      failedBytes: 0,
      readers: new Set(),
    },
    network: makeNetwork(context, options, metrics, () => engine),
    uploadSlots: { levels: slotLevels(options.uploadSlots ?? "rate", [], () => undefined) },
    supervision: {
      supervisor: undefined,
      crashHistory: new CrashHistory(),
      quarantine: new Quarantine(),
      ended: undefined,
      checksAtEnd: [],
    },
    rates: new RateLimiter(context, () => engine.peerWorkers),
    counters: { framesOut: 0, ticks: 0, nextTorrent: options.firstTorrent ?? 1 },
    metrics,
    totals: new SessionTotals(
      () => Buffer.from(context.random.bytes(16)).toString("hex"),
      context.clock.nowMs(),
    ),
  };
  return engine;
}

function makeDisks(
  context: ContextWithRefs,
  options: EngineOptions,
  openCheckPool: () => CheckPool,
): DiskHandle[] {
  return Array.from({ length: mostFileWorkers }, (_, index) => {
    const ref = context.ref<FileProtocol>(`file-${index}`);
    // The first torrent finds a file-worker running; an engine that only checks needs none.
    const isWanted = index === 0 && options.peerWorkers > 0;
    const { maxChecks } = options;
    return new DiskHandle(index, { ref, isWanted, openCheckPool, maxChecks, time: context });
  });
}

function makePeerWorkers(
  context: ContextWithRefs,
  { bind, descriptors, identity, memoryBytes, peerWorkers }: EngineOptions,
): PeerWorkerHandle[] {
  const shared = {
    bind,
    client: identity.client,
    halfOpenLimit: descriptors.halfOpen,
    handshakeLimit: Math.max(1, Math.floor(descriptors.handshakes / peerWorkers)),
    requestBytes: Math.floor(requestMemoryBytes / peerWorkers),
  };
  const perWorker = Math.floor(memoryBytes / peerWorkers);
  return Array.from({ length: peerWorkers }, (_, index) => {
    const ref = context.ref<PeerProtocol>(`peer-${index}`);
    const services = { ref, memoryBytes: perWorker, options: shared, time: context };
    return new PeerWorkerHandle(index, services);
  });
}

/** @param open The sockets of the peers' UDP port that are open at this moment. */
function makeUdp(
  context: ContextWithRefs,
  open: () => Network["udpSockets"],
): Pick<Network, "lastUdpPorts" | "sharedPort" | "udpSockets" | "udpTrackers" | "udpTried"> {
  const { clock, random, timers, viaProxy } = context;
  const { datagrams } = viaProxy ?? context;
  const owner = context.ref<PeerProtocol>("peer-0");
  const sharedPort = new PortSockets({ user: "trackers", owner, timers });
  const shared = {
    datagrams: sharedPort,
    has: (family: AddressFamily) => isOpenAtAllAddresses(open(), family),
  };
  // Trackers are asked through the proxy, also where nothing else is.
  const services = { clock, datagrams, random, timers, ...(viaProxy === undefined && { shared }) };
  const closed = { udpSockets: [], udpTried: Promise.resolve(), lastUdpPorts: undefined };
  return { ...closed, sharedPort, udpTrackers: new UdpTrackers(services) };
}

function makeNetwork(
  context: ContextWithRefs,
  options: EngineOptions,
  metrics: EngineMetrics,
  engine: () => Engine,
): Network {
  const { clock } = context;
  const { http, names } = context.viaProxy ?? context;
  const { descriptors, localDiscovery } = options;
  const udp = makeUdp(context, () => network.udpSockets);
  const { udpTrackers } = udp;
  const trackerLimits = makeTransportLimits(descriptors.trackers, context);
  const localAddresses = new LocalAddresses(context, () => network.hosts);
  const network: Network = {
    hosts: [],
    port: 0,
    publicPort: 0,
    grant: undefined,
    portMapping: new PortMapping(context, options, {
      tcp: (tcp) => setPublicPort(engine(), tcp),
      udp: () => tellDhtPorts(engine()),
    }),
    ...udp,
    trackerLimits,
    trackerTransport: countedTransport(
      new TrackerTransports({ clock, http, names, udpTrackers, limits: trackerLimits }),
      metrics.announces,
      clock,
    ),
    proxyLimits: options.proxy?.use === "all" ? new ProxyLimits(context, options.proxy) : undefined,
    interface: context.boundInterface && new EngineInterface(context.boundInterface),
    trackerKey: Buffer.from(context.random.bytes(4)).toString("hex"),
    addresses: new AddressBudget(),
    localDiscovery: localDiscovery
      ? new LocalDiscovery({
          context,
          listening: () => engine().network,
          found: (torrent, host, port) => neighbourFound(engine(), torrent, { host, port }),
        })
      : undefined,
    ipFilter: new IpFilter(),
    bans: new UserBans(),
    dht: options.dht && makeDht(context, options, options.dht, engine),
    ownAddresses: new OwnAddresses(
      () => [network.publicPort, network.port],
      (host) => localAddresses.has(host),
      options.families,
    ),
    unverifiedDials: new UnverifiedDials(clock),
    dialBounds: new DialBounds(),
    holepunch: new HolepunchState(clock),
    dialSchedule: { turns: new DialTurns(), isPlanned: false, pausedUntilMs: 0 },
    retriesThisSecond: 0,
    unverifiedDialsThisSecond: 0,
    closedForRoomThisSecond: 0,
  };
  return network;
}
