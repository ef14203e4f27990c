// Light peers whose target misbehaves: each broken rule is counted by its name.

import test from "ava";
import {
  catalogue,
  choke,
  type HostilePeer,
  listenForConnections,
  misbehave,
  unchoke,
  wholeBitfield,
} from "../../src/misbehaving/index.ts";
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
): Promise<Recorded> {
  const world = new PeerWorld();
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
    bytesPerSecond: 200_000,
  };
  const at = { host: targetHost, port: targetPort };
  await world.world.settle(
    listenForConnections(ports, at, options, (connection) => {
      void misbehave({ name: "target", does: "", cases: [], ...behaviour }, connection);
    }),
  );
  const { group, recorded } = world.group(at, changes);
  group.arrive(arrival(0));
  await world.world.run(5_000);
  await world.world.settle(group.end());
  assertGone(recorded);
  return recorded;
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
    t.is(recorded.latencies("request_block").length, recorded.of("blocks"), name);
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
  t.is(recorded.of("no_answers: connection ended"), 4);
  t.is(recorded.of("closed_by_target: ECONNRESET"), 1);
});

test("a request of a choked target is counted, and rejected", async (t) => {
  const recorded = await meet("choked-requests", { behaviour: "partial", has: 0.5 });
  t.deepEqual(recorded.labels("broken_rules"), ["request-while-choked"]);
  t.is(recorded.of("bytes_up"), 0);
});

test("a target that repeats choke and unchoke is counted for the repetitions alone", async (t) => {
  const recorded = await meetTarget({
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(choke, unchoke, unchoke, unchoke, choke, choke);
      await connection.send(wholeBitfield(connection.pieceCount));
      await connection.closed;
    },
  });
  t.is(recorded.of("broken_rules: choked-twice"), 2);
  t.is(recorded.of("broken_rules: unchoked-twice"), 2);
});
