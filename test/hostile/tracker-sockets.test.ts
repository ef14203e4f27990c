// Trackers that are hostile on the wire, over real sockets against a whole coordinator, beside an honest tracker: the
// result that the user sees and its cost. The download from the honest tracker's seeder is right.

import test, { type ExecutionContext } from "ava";
import type { TorrentUserEvent } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import {
  datagramTrackers,
  tcpTrackers,
  type HostileDatagramTracker,
  type HostileTcpTracker,
} from "../support/trackers/hostile-sockets.ts";
import {
  TcpTrackerServer,
  UdpTrackerServer,
  type TrackerServer,
} from "../support/trackers/tracker-servers.ts";
import { isLong } from "../support/lanes.ts";

type TrackerEvent = Extract<TorrentUserEvent, { readonly event: "tracker" }>;

interface Reaction {
  /** `ok` or the code of the error. */
  readonly result: string;
  readonly peers?: number;
  /** Requests for one announce; 1 by default. */
  readonly requests?: number;
  /** The most bytes that the tracker gets rid of, beside loopback's buffers. */
  readonly takenBytes?: number;
}

/** Loopback takes more into its buffers than a network before the tracker hears of the end. */
const loopbackBytes = 16 << 20;
const announcesMeanwhile = 4;
/** Twice the bound of the body, and 64 KiB. */
const wireBytes = (2 << 20) + 65_536;

const reactions: Readonly<Record<string, Reaction>> = {
  "closes-at-once": { result: "http-failed" },
  noise: { result: "http-failed" },
  "endless-headers": { result: "http-failed" },
  "length-of-4-gib": { result: "http-too-large" },
  "endless-body": { result: "http-too-large", takenBytes: 1 << 20 },
  "endless-chunks": { result: "http-too-large", takenBytes: wireBytes },
  "endless-chunk-length": { result: "http-too-large", takenBytes: wireBytes },
  "endless-interim-replies": { result: "http-too-large", takenBytes: wireBytes },
  "endless-blank-lines": { result: "http-too-large", takenBytes: wireBytes },
  "broken-chunks": { result: "http-failed" },
  "body-cut-off": { result: "http-failed" },
  "gzip-bomb": { result: "http-too-large", takenBytes: 256 << 10 },
  "broken-gzip": { result: "ok", peers: 0 },
  "unknown-encoding": { result: "ok", peers: 0 },
  "redirect-loop": { result: "http-redirect-refused", requests: 6 },
  "redirect-to-file": { result: "http-redirect-refused" },
  "datagram-of-64-kib": { result: "ok", peers: 10_000, requests: 2 },
  "flood-of-datagrams": { result: "ok", peers: 0, requests: 2, takenBytes: 1 << 20 },
};

const reacts = test.macro<[string, HostileTcpTracker | HostileDatagramTracker]>({
  title: (_, transport, { cases, name, does }) =>
    `case ${cases.join(", ")}: ${transport} tracker ${name} ${does}`,
  async exec(t, _, tracker) {
    const due = reactions[tracker.name];
    if (due === undefined) return t.fail("the tracker has no reaction");
    await using swarm = await Swarm.open({ pieceLengthBytes: 32_768, files: 500_000 });
    const seeder = await swarm.pacedSeeder();
    await swarm.announce(seeder.port);
    const server = swarm.use(await open(tracker));
    const { record, folder } = await swarm.join({
      engine: { host: "inline", peerWorkers: 1 },
      torrent: { trackers: [server.url], start: false },
    });
    const events: TrackerEvent[] = [];
    const met = Promise.withResolvers<TrackerEvent>();
    record.torrent.on("tracker", (event) => {
      events.push(event);
      if (event.url === server.url) met.resolve(event);
    });
    record.torrent.start();
    const [first] = await Promise.all([met.promise, record.torrent.completed]);
    t.is(resultOf(first), due.result);
    t.is(first.peers, due.peers);
    assertCost(t, server, due);
    await assertSameFiles(t, swarm.payload, folder);
    t.true(events.some(({ url, ok }) => url === swarm.tracker.url && ok));
    t.deepEqual([record.errors, record.warnings, record.crashesOf("engine")], [[], [], 0]);
  },
});

function open(tracker: HostileTcpTracker | HostileDatagramTracker): Promise<TrackerServer> {
  return "respond" in tracker ? TcpTrackerServer.open(tracker) : UdpTrackerServer.open(tracker);
}

function resultOf({ ok, error = "" }: TrackerEvent): string {
  return ok ? "ok" : (/\[([a-z0-9-]+)\]$/.exec(error)?.[1] ?? error);
}

function assertCost(
  t: ExecutionContext,
  server: TrackerServer,
  { requests = 1, takenBytes = 65_536 }: Reaction,
): void {
  t.true(server.requests >= requests, `${server.requests} requests`);
  t.true(server.requests <= requests * announcesMeanwhile, `${server.requests} requests`);
  const { sentBytes } = server;
  t.true(sentBytes <= (takenBytes + loopbackBytes) * announcesMeanwhile, `${sentBytes} bytes sent`);
}

/** Their cost depends on real sockets; trackers.test.ts has the others in virtual time. */
const inGate = new Set(["gzip-bomb", "endless-chunks", "flood-of-datagrams"]);

for (const tracker of tcpTrackers)
  if (isLong || inGate.has(tracker.name)) test.serial(reacts, "TCP", tracker);
for (const tracker of datagramTrackers)
  if (isLong || inGate.has(tracker.name)) test.serial(reacts, "UDP", tracker);

test("names of trackers that are hostile on the wire are unique, and each has a reaction", (t) => {
  const names = [...tcpTrackers, ...datagramTrackers].map(({ name }) => name);
  t.deepEqual(names.toSorted(), Object.keys(reactions).toSorted());
  t.is(new Set(names).size, names.length);
});
