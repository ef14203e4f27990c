// One hostile tracker in a tier of its own against the production engine in virtual time, beside an honest tracker and an
// honest seeder.

import type { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { decodeUdpRequest } from "@troupe/protocol/tracker";
import type { PeerAddress } from "@troupe/protocol/address";
import { tierStatus } from "../../../../packages/coordinator/src/torrent/torrent-announcer.ts";
import type {
  HostileHttpTracker,
  HostileTracker,
  HostileUdpTracker,
  UdpMeeting,
  UdpSender,
} from "../../trackers/hostile-tracker.ts";
import { isLong } from "../../lanes.ts";
import { enginePort, type SimulatedEngine } from "../engine/engine.ts";
import { DiskView } from "../engine/invariants.ts";
import { DialWatch } from "../swarm/dial-watch.ts";
import { honestSeeder, peerPort } from "../swarm/peer.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import { stopAndLook, untilWhole } from "./download.ts";
import { calmScenario, engineHost } from "./scenario.ts";

const trackerHost = "45.77.7.7";
const forgerHost = "45.77.7.8";
const trackerPort = 6_969;
const name = "hostile.example";
const insideHosts = ["127.0.0.1", "10.0.0.1", "169.254.169.254"];
/** Until then the seeder is connected and gives nothing, so that the torrent has a peer and is not complete. */
const seederGivesAfterMs = 5_000;
const lookAfterMs = 4_000;
const longestMs = 180_000;
const sampleMs = 50;
/** Sixteen pieces: the trackers are the subject, and the payload of the long lanes has sixty-four. */
const shortFileLengths = [400_000, 0, 200_001, 3, 400_000];

/** The outcome. */
export interface TrackerReport {
  /** Results of each `tracker` event of the hostile tracker: `ok` or the code of the error. */
  readonly results: readonly string[];
  /** From the start to the first of these events. */
  readonly firstAfterMs: number;
  /** Peers that the first of these events names. */
  readonly peers: number | undefined;
  /** Addresses that the torrent keeps of them, 4 s after the start. */
  readonly kept: number;
  /** Bytes of the addresses that `tiers()` lists of it. */
  readonly listedBytes: number;
  /** Requests or datagrams to the hostile tracker in three minutes. */
  readonly requests: number;
  /** The longest URL of them. */
  readonly longestUrl: number;
  /** Requests to hosts of our machine and our network. */
  readonly insideRequests: number;
  /** Until the next announce, 4 s after the start. */
  readonly nextInSeconds: number | undefined;
  /** Messages of events and warnings. */
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
  /** Connections that were being opened at once, at most. */
  readonly halfOpen: number;
  /** Dials of the address where we accept peers. */
  readonly ownDials: number;
  /** Announces to the honest tracker in three minutes, and at the stop. */
  readonly honestAnnounces: readonly string[];
  /** From the seeder's readiness to the last piece. */
  readonly downloadMs: number;
  /** How long the stop took. */
  readonly stopMs: number;
  /** Sentences about everything that should not be. */
  readonly violations: readonly string[];
}

/** Requests that a hostile tracker has received. */
interface Received {
  requests: number;
  longestUrl: number;
  insideRequests: number;
}

type Open = (world: SimulatedWorld, received: Received) => void;

/** Lets a hostile HTTP tracker answer every announce for three minutes. */
export function meetHttpTracker(tracker: HostileHttpTracker): Promise<TrackerReport> {
  return meet(tracker, `http://${name}/announce`, (world, received) => {
    world.http.serve(`http://${name}/`, (request) => {
      received.requests++;
      received.longestUrl = Math.max(received.longestUrl, request.url.href.length);
      const { names } = world;
      return tracker.answer({ request, client: clientAddress, seeder: seederAddress, names });
    });
    for (const host of [...insideHosts, "inside.example"]) {
      world.http.serve(`http://${host}/`, () => {
        received.insideRequests++;
        return { body: "inside" };
      });
    }
  });
}

/** Lets a hostile UDP tracker answer every announce for three minutes. */
export function meetUdpTracker(tracker: HostileUdpTracker): Promise<TrackerReport> {
  return meet(tracker, `udp://${name}:${trackerPort}/announce`, (world, received) => {
    void openUdpTracker(tracker, world, received);
  });
}

const clientAddress: PeerAddress = { host: engineHost, port: enginePort };
/** The first peer of a swarm. */
const seederAddress: PeerAddress = { host: "45.10.2.1", port: peerPort };

async function meet(tracker: HostileTracker, url: string, open: Open): Promise<TrackerReport> {
  const scenario = calmScenario(1, isLong ? {} : { fileLengths: shortFileLengths });
  const swarm = new SimulatedSwarm(scenario, { otherTrackers: [url] });
  const { world, torrent } = swarm;
  const received: Received = { requests: 0, longestUrl: 0, insideRequests: 0 };
  world.names.set(name, ...(tracker.hosts ?? [trackerHost]));
  open(world, received);
  const engine = await swarm.addEngine(engineHost, scenario);
  await swarm.addPeer({ ...honestSeeder, unchokeAfterMs: seederGivesAfterMs });
  const dials = new DialWatch(engine.machine, () => world.scheduler.nowMs);
  const beganAtMs = world.scheduler.nowMs;
  let firstAfterMs = Infinity;
  const watch = world.scheduler.every(sampleMs, () => {
    if (eventsOf(engine, url).length === 0) return;
    firstAfterMs = world.scheduler.nowMs - beganAtMs;
    watch.cancel();
  });
  await world.settle(engine.add(torrent));
  await world.run(lookAfterMs);
  const job = engine.jobOf(torrent);
  // The seeder is an address too.
  const kept = (job?.directory.size ?? 0) - 1;
  const tier = job && tierStatus(job).find(({ urls }) => urls.includes(url));
  const status = tier?.trackers[0];
  const wholeAtMs = await untilWhole([swarm], [engine], scenario);
  await world.run(Math.max(0, beganAtMs + longestMs - world.scheduler.nowMs));
  watch.cancel();
  const { requests } = received;
  const stopAtMs = world.scheduler.nowMs;
  await world.settle(engine.stopTorrents());
  const stopMs = world.scheduler.nowMs - stopAtMs;
  const violations = [
    ...(await stopAndLook(swarm, engine)),
    ...new DiskView(engine, torrent).differences(),
  ];
  const events = eventsOf(engine, url);
  const warnings = engine.events.flatMap((said) => (said.event === "warning" ? [said] : []));
  return {
    results: events.map(resultOf),
    firstAfterMs,
    peers: events[0]?.ok === true ? events[0].peers : undefined,
    kept,
    listedBytes: (tier?.peers.length ?? 0) + (tier?.peers6.length ?? 0),
    ...received,
    requests,
    nextInSeconds: status?.nextInSeconds,
    messages: [
      ...events.map(({ error = "" }) => error),
      ...warnings.map(({ message }) => message),
      status?.error ?? "",
    ],
    warnings: warnings.map(({ code }) => code),
    halfOpen: dials.mostHalfOpen,
    ownDials: dials.dials.filter(({ to }) => to.host === engineHost).length,
    honestAnnounces: swarm.tracker.heard.map((heard) => heard.split(" ")[0] ?? ""),
    downloadMs: wholeAtMs - beganAtMs - seederGivesAfterMs,
    stopMs,
    violations,
  };
}

async function openUdpTracker(
  tracker: HostileUdpTracker,
  world: SimulatedWorld,
  received: Received,
): Promise<void> {
  const [hosts, forger] = [[trackerHost, ...insideHosts.slice(1)], forgerHost];
  const { datagrams } = world.machine({ addresses: hosts }).ports("hostile tracker");
  const { datagrams: others } = world.machine({ addresses: [forger] }).ports("forger");
  const at = { host: "0.0.0.0", port: trackerPort };
  const silent = { received: () => {} };
  const senders = {
    "other-port": await datagrams.bind({ ...at, port: trackerPort + 1 }, silent),
    "other-host": await others.bind(at, silent),
  };
  const itself = await datagrams.bind(at, {
    received(bytes, from) {
      received.requests++;
      const send = (reply: Uint8Array, sender: UdpSender = "itself"): void =>
        (sender === "itself" ? itself : senders[sender]).send(reply, from);
      const meeting: UdpMeeting = {
        request: decodeUdpRequest(bytes),
        client: clientAddress,
        rebind: (host) => world.names.set(name, host),
        send,
        sendAfter: (delayMs, reply) => void world.scheduler.after(delayMs, () => send(reply)),
      };
      tracker.answer(meeting);
    },
  });
}

function eventsOf({ events }: SimulatedEngine, url: string) {
  return events.flatMap((said) => (said.event === "tracker" && said.url === url ? [said] : []));
}

function resultOf(event: ReturnType<typeof eventsOf>[number]): string {
  const { ok, error = "" } = event;
  return ok ? "ok" : (/\[([a-z0-9-]+)\]$/.exec(error)?.[1] ?? error);
}
