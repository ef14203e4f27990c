// The hostile peers over real sockets against a whole engine: each is closed for its reason, and an honest seeder then
// serves the rest of the torrent, bit for bit. Peers that need minutes are in virtual-time.test.ts alone. The gate has those
// whose end depends on a real socket, the long lanes have all.

import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import type { InfoHash } from "@troupe/protocol/units";
import { assertSameFiles } from "../support/clients/interop.ts";
import {
  catalogue,
  type HostilePeer,
  misbehave,
  type RawConnection,
} from "@troupe/load-peers/misbehaving";
import {
  type ConnectionOptions,
  dialConnection,
  listenForConnections,
  targetOf,
} from "../support/hostile/port-connection.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";
import { reactions } from "./reactions.ts";
import { isLong } from "../support/lanes.ts";

const pieceLengthBytes = 49_152;
const files = [
  { path: ["had.bin"], lengthBytes: 400_000 },
  { path: ["wanted.bin"], lengthBytes: 600_001 },
];
/** Visits of a peer that comes back: local addresses are let in again. */
const visits = 20;
/** A peer may push more into the buffers of loopback than into a network's before it hears that it is closed. */
const loopbackBytes = 16 << 20;

/** The peer's own end is a reset over a socket. */
const resetToo = ["ECONNRESET", "closed-by-peer"] as const;

const isStopped = test.macro<[HostilePeer]>({
  title: (_, { name, does }) => `over a socket: ${name} ${does}`,
  async exec(t, peer) {
    const due = reactions[peer.name];
    if (due === undefined) return t.fail("it is not said what is to be done about this peer");
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const member = await joinWithPart(swarm);
    const seeder = await swarm.pacedSeeder();
    const connections = await meet(swarm, member, peer);
    const { record } = member;
    if (due.reasons.length > 0) {
      await record.until("its end", () => record.partings.length > 0 && connections.every(isOver));
      const reasons = record.partings.map(({ reason }) => reason?.replace(...resetToo));
      t.deepEqual([...new Set(reasons)], [due.reasons[0]]);
    } else {
      await connections[0]?.closed;
      t.deepEqual(record.peers, []);
      t.true((connections[0]?.heardBytes ?? 0) <= 68);
    }
    const sentBytes = connections.reduce((sum, connection) => sum + connection.sentBytes, 0);
    t.true(sentBytes <= due.takenBytes + loopbackBytes, `${sentBytes} bytes sent`);
    record.torrent.addPeer(seeder);
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, member.folder);
    await assertCost(t, member, due.wastedBytes);
    t.deepEqual([record.errors, record.crashesOf("peer-0")], [[], 0]);
  },
});

/** A peer that does not read does not notice its end. */
function isOver({ isClosed, isDeaf }: RawConnection): boolean {
  return isClosed || isDeaf;
}

/** An engine that finds the first file and wants the second. */
async function joinWithPart(swarm: Swarm): Promise<Member> {
  const folder = swarm.folder("part").path;
  const [had = ""] = swarm.payload.paths;
  mkdirSync(dirname(join(folder, had)), { recursive: true });
  copyFileSync(join(swarm.payload.folder, had), join(folder, had));
  const member = await swarm.join({
    folder,
    engine: { host: "inline", peerWorkers: 1 },
    torrent: { useTrackers: false },
  });
  await member.record.until("the pieces that are there", () =>
    member.record.states.includes("active"),
  );
  return member;
}

/** Lets the peer loose. @returns its connections: the list grows when it comes back. */
async function meet(
  swarm: Swarm,
  { coordinator, record }: Member,
  peer: HostilePeer,
): Promise<readonly RawConnection[]> {
  const connections: RawConnection[] = [];
  const ports = nodePorts();
  const options: ConnectionOptions = {
    target: targetOf(swarm.infoHash as InfoHash, swarm.content, pieceLengthBytes),
    peerId: Buffer.from("-XX0000-hostile00000"),
  };
  let isLeaving = false;
  const leave = (): void => {
    isLeaving = true;
    for (const connection of connections) connection.close();
  };
  swarm.use({ [Symbol.dispose]: leave });
  const run = (connection: RawConnection): void => {
    connections.push(connection);
    void misbehave(peer, connection).then(() => {
      if (peer.comesBack === true && !isLeaving && connections.length < visits) dial();
    });
  };
  const dial = (): void => {
    run(dialConnection(ports, { host: "127.0.0.1", port: coordinator.port }, options));
  };
  if (peer.isDialled !== true) {
    for (let count = peer.connections ?? 1; count > 0; count--) dial();
    return connections;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const at = { host: "127.0.0.1", port: 0 };
  const listener = await listenForConnections(ports, at, options, (connection) => {
    run(connection);
    resolve();
  });
  swarm.use({ [Symbol.asyncDispose]: () => listener.close() });
  record.torrent.addPeer(listener.address);
  await promise;
  return connections;
}

async function assertCost(t: ExecutionContext, { record }: Member, most: number): Promise<void> {
  const { wastedBytes } = record.torrent.progress;
  // Bytes that were still in loopback's buffers are not read any more.
  t.true(wastedBytes <= most, `${wastedBytes} bytes wasted`);
}

/** Resets and half-open ends, peers that do not read, long frames, many connections, and peers that are dialled. */
const inGate = new Set([
  "http-request",
  "mid-block-reset",
  "half-closer",
  "hit-and-run",
  "connect-storm",
  "other-torrent-when-dialled",
  "extended-handshake-of-1-mib",
  "unknown-messages",
  "fast-request-flood",
  "bad-data",
]);

for (const peer of catalogue) {
  if (!isLong && !inGate.has(peer.name)) continue;
  const due = reactions[peer.name];
  if (due?.isSlow === true || due?.honestAfterMs !== undefined) continue;
  // Its torrent has hash trees: virtual-time.test.ts has one.
  if (peer.isOfVersion2 === true) continue;
  // Such a peer is closed when the honest seeder has served the torrent: virtual-time.test.ts shows it.
  if (due?.reasons.includes("both-seeds") !== true) test.serial(isStopped, peer);
}
