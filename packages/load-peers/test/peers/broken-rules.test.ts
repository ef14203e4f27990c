// Light peers whose target misbehaves: each broken rule is counted by its name.

import test from "ava";
import { ownReservedBits } from "@troupe/protocol/peer";
import {
  block,
  catalogue,
  choke,
  type HostilePeer,
  many,
  misbehave,
  type RawConnection,
  request,
  unchoke,
  wholeBitfield,
} from "../../src/misbehaving/index.ts";
import { listenForConnections } from "../../../../test/support/hostile/port-connection.ts";
import { arrival, PeerWorld, targetHost, type GroupChanges } from "../support/peer-world.ts";
import type { Recorded } from "../support/recorded.ts";

const targetPort = 6_881;

/** A leecher at a target of the catalogue, for five seconds. */
async function meet(name: string, changes: GroupChanges = {}): Promise<Recorded> {
  const behaviour = catalogue.find((peer) => peer.name === name);
  if (behaviour === undefined) throw new Error(`no behaviour ${name}`);
  return await meetTarget(behaviour, changes);
}

async function meetTarget(
  behaviour: Pick<HostilePeer, "misbehave">,
  changes: GroupChanges = {},
  bytesPerSecond?: number,
): Promise<Recorded> {
  const world = new PeerWorld();
  const { group, recorded } = await meeting(world, changes, behaviour, bytesPerSecond);
  group.arrive(arrival(0));
  await world.world.run(5_000);
  await world.world.settle(group.end("cut"));
  assertGone(recorded);
  return recorded;
}

/** A group whose target misbehaves. */
async function meeting(
  world: PeerWorld,
  changes: GroupChanges,
  behaviour: Pick<HostilePeer, "misbehave">,
  bytesPerSecond = 200_000,
) {
  const { infoHash, geometry, infoSpan } = world.torrent.metainfo;
  const ports = world.target.ports("target");
  const options = {
    target: {
      infoHash,
      totalBytes: geometry.totalBytes,
      pieceLengthBytes: geometry.pieceLengthBytes,
      metadataBytes: infoSpan.end - infoSpan.start,
      content: (position: number, lengthBytes: number) => {
        const bytes = new Uint8Array(lengthBytes);
        world.torrent.content?.copyTo(position, lengthBytes, bytes, 0);
        return bytes;
      },
    },
    peerId: Buffer.from("-XX0000-target000000"),
    bytesPerSecond,
  };
  const at = { host: targetHost, port: targetPort };
  await world.world.settle(
    listenForConnections(ports, at, options, (connection) => {
      void misbehave({ name: "target", does: "", cases: [], ...behaviour }, connection);
    }),
  );
  return world.group(at, changes);
}

/** Every peer ends, whatever the target does. */
function assertGone(recorded: Recorded): void {
  const states = Object.keys(recorded.now);
  if (states.join() !== "gone") throw new Error(`a peer is ${states}`);
}

for (const [name, rule] of [
  ["wrong-protocol-string", "handshake-malformed"],
  ["noise", "handshake-malformed"],
  ["unknown-info-hash", "handshake-of-another-torrent"],
  ["bitfield-too-short", "bitfield-wrong-length"],
  ["bitfield-too-long", "bitfield-wrong-length"],
  ["unrequested-blocks", "block-not-requested"],
  ["same-block-twice", "block-not-requested"],
  ["short-blocks", "block-of-wrong-length"],
  ["connect-storm", "piece-out-of-range"],
  ["negative-request", "request-out-of-range"],
] as const) {
  test(`a target that is ${name} breaks the rule ${rule}`, async (t) => {
    const recorded = await meet(name);
    t.true(recorded.labels("broken_rules").includes(rule), `${recorded.labels("broken_rules")}`);
  });
}

test("every behaviour of the catalogue as a target leaves the leecher at work or closed, and no block of it counts twice", async (t) => {
  for (const { name } of catalogue) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const recorded = await meet(name);
    t.true(recorded.of("blocks") <= recorded.of("requests"), name);
    const { length } = recorded.latencies("request_block");
    t.is(
      length,
      recorded.of("blocks") + recorded.of("abandoned") + recorded.of("unanswered"),
      name,
    );
    const [requests = 0, ...ends] = recorded.requests;
    t.is(
      ends.reduce((sum, count) => sum + count, 0),
      requests,
      name,
    );
  }
});

test("wrong bytes are counted as wrong blocks", async (t) => {
  const recorded = await meet("bad-data");
  t.true(recorded.of("wrong_blocks") > 1);
  t.is(recorded.of("wrong_blocks"), recorded.of("blocks"));
  t.is(recorded.of("completed"), 0);
});

test("messages of the fast extension count as broken rules when a side does not offer it", async (t) => {
  for (const name of ["have-all-without-agreement", "reject-of-nothing", "suggest-flood"]) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const recorded = await meet(name, { extensions: [] });
    t.deepEqual(recorded.labels("broken_rules"), ["fast-not-agreed"], name);
  }
});

test("requests that get no block are counted when the connection ends", async (t) => {
  const recorded = await meet("mid-block-reset");
  t.is(recorded.of("unanswered: connection ended"), 4);
  t.is(recorded.of("closed_by_target: ECONNRESET"), 1);
});

test("a request of a choked target is refused, and breaks no rule", async (t) => {
  const recorded = await meet("choked-requests", { behaviour: "partial", has: 0.5 });
  t.deepEqual(recorded.labels("broken_rules"), []);
  t.is(recorded.of("bytes_up"), 0);
});

test("a target may repeat choke and unchoke", async (t) => {
  const recorded = await meetTarget({
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(choke, unchoke, unchoke, unchoke, choke, choke);
      await connection.send(wholeBitfield(connection.pieceCount));
      await connection.closed;
    },
  });
  t.is(recorded.of("closed_by_us: end of the run"), 1);
  t.deepEqual(recorded.labels("broken_rules"), []);
});

test("a target that unchokes before the interest gives no unchoke latency, also after a later choke", async (t) => {
  const recorded = await meetTarget({
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(unchoke, wholeBitfield(connection.pieceCount));
      await connection.pause(1_000);
      await connection.send(choke);
      await connection.pause(1_000);
      await connection.send(unchoke);
      await connection.closed;
    },
  });
  t.true(recorded.of("requests") > 0);
  t.deepEqual(recorded.latencies("unchoke"), []);
});

test("blocks that come after two chokes were requested before them", async (t) => {
  const recorded = await meetTarget(
    {
      async misbehave(connection) {
        await connection.shakeHands();
        await connection.send(wholeBitfield(connection.pieceCount), unchoke);
        const asked = await requests(connection, 4);
        await connection.send(choke, unchoke);
        asked.push(...(await requests(connection, 4)), choke);
        for (const message of asked.toReversed()) await connection.send(message);
        await connection.closed;
      },
    },
    { extensions: [] },
  );
  t.deepEqual(recorded.labels("broken_rules"), []);
});

test("an action whose request a choke drops is refused, and not requested again", async (t) => {
  const world = new PeerWorld();
  const { group, recorded } = await meeting(
    world,
    { pace: { kind: "rate" }, extensions: [] },
    {
      async misbehave(connection) {
        await connection.shakeHands();
        await connection.send(wholeBitfield(connection.pieceCount), unchoke);
        await connection.nextRequest();
        await connection.send(choke);
        await connection.closed;
      },
    },
  );
  group.arrive(arrival(0));
  group.request(0, 5, 0);
  await world.world.run(3_000);
  await world.world.settle(group.end("cut"));
  t.is(recorded.of("requests"), 1);
  t.deepEqual(recorded.requests, [1, 0, 0, 1, 0, 0]);
  t.is(recorded.of("requests_refused: choked"), 1);
});

test("a target that makes the peer answer and reads nothing is closed before many answers wait", async (t) => {
  const recorded = await meetTarget(
    {
      async misbehave(connection) {
        await connection.shakeHands({ reserved: ownReservedBits({ hasFast: true }) });
        connection.stopReading();
        await connection.sendForEver(many(600, request(0, 0, 16_384)));
      },
    },
    { behaviour: "partial", has: 0.5 },
    2_000_000,
  );
  t.is(recorded.of("closed_by_us: target does not read"), 1);
});

/** Takes requests. @returns The blocks that answer them. */
async function requests(connection: RawConnection, count: number): Promise<Uint8Array[]> {
  const answers: Uint8Array[] = [];
  while (answers.length < count) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { piece, begin, lengthBytes } = await connection.nextRequest();
    answers.push(block(piece, begin, new Uint8Array(lengthBytes)));
  }
  return answers;
}
