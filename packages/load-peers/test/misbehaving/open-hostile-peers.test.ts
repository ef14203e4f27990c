import test from "ava";
import type { Address, Stream } from "@troupe/actor-runtime";
import { wireHashes } from "@troupe/protocol/identity";
import {
  decodeHandshake,
  encodeHandshake,
  encodeHashRequest,
  ownReservedBits,
} from "@troupe/protocol/peer";
import {
  openHostilePeers,
  openPeerTorrent,
  patternTorrent,
  type HostileGroupSettings,
} from "../../src/index.ts";
import {
  catalogue,
  extended,
  have,
  interested,
  request,
  unchoke,
  wholeBitfield,
} from "../../src/misbehaving/index.ts";
import { arrival, PeerWorld, targetHost } from "../support/peer-world.ts";
import { Recorded } from "../support/recorded.ts";

const targetPort = 6_881;
/** Requests of no piece, beyond the pieces, and of too many bytes. */
const farRequests = [
  [0xffffffff, 0xffffffff, 0xffffffff],
  [0xffffffff, 0, 16_384],
  [39, 65_530, 16_384],
  [0, 0, 131_072],
  [0, 0, 0],
] as const;

/** A target that reads everything and closes each connection after a while. */
async function scene(
  changes: Partial<HostileGroupSettings> = {},
  closesAfterMs = 3_000,
  greet: (stream: Stream) => void = () => {},
) {
  const world = new PeerWorld();
  const ports = world.target.ports("target");
  let heardBytes = 0;
  const at = { host: targetHost, port: targetPort };
  const accept = ports.sockets.listen(at, (stream) => {
    ports.timers.after(closesAfterMs, () => stream.destroy());
    greet(stream);
    return { bytes: (_, chunk) => void (heardBytes += chunk.length), closed() {} };
  });
  await world.world.settle(accept);
  const recorded = new Recorded();
  const settings = {
    ports: world.peers.ports("hostile"),
    target: at,
    torrent: world.torrent,
    behaviours: [],
    bytesPerSecond: 20_000,
    retryAfterMs: undefined,
    stormAfterMs: 100,
    recorder: recorded,
    mayDial: () => true,
    ...changes,
  };
  return { world: world.world, machine: ports, settings, recorded, heardBytes: () => heardBytes };
}

test("peers show the behaviours in turns, and send at their pace", async (t) => {
  const { world, settings, recorded, heardBytes } = await scene();
  const group = openHostilePeers(settings);
  const peers = catalogue.filter(({ isOfVersion2 }) => isOfVersion2 !== true).length;
  for (let peer = 0; peer < peers; peer++) group.arrive(arrival(peer));
  await world.run(2_000);
  t.true(recorded.of("opened") >= peers);
  await world.run(20_000);
  t.is(recorded.of("bytes_up"), heardBytes());
  t.true(heardBytes() > 1_000 && heardBytes() < (peers + 40) * 3 * 20_000 + (1 << 20));
  t.true(recorded.of("closed_by_target") > 0);
  await world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: recorded.of("arrived") });
});

test("peers that were closed come again after their pause, those of a storm at once", async (t) => {
  const opened: number[] = [];
  for (const name of ["silent", "hit-and-run"]) {
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    const { world, settings, recorded } = await scene({ behaviours: [name], retryAfterMs: 10_000 });
    const group = openHostilePeers(settings);
    group.arrive(arrival(0));
    // oxlint-disable-next-line no-await-in-loop
    await world.run(30_000);
    opened.push(recorded.of("opened"));
    // oxlint-disable-next-line no-await-in-loop
    await world.settle(group.end("cut"));
  }
  const [silent = 0, storm = 0] = opened;
  t.is(silent, 3);
  t.true(storm > 3, `${storm}`);
});

test("a peer leaves at the end of its time", async (t) => {
  const { world, settings, recorded } = await scene({ behaviours: ["silent"] }, 60_000);
  const group = openHostilePeers(settings);
  group.arrive(arrival(0, { stayMs: 5_000 }));
  await world.run(4_000);
  t.deepEqual(recorded.now, { open: 1 });
  await world.run(2_000);
  t.deepEqual(recorded.now, { gone: 1 });
  t.is(recorded.of("closed_by_us"), 1);
});

test("a behaviour that is dialled waits at an address", async (t) => {
  const addresses: Address[] = [];
  const { world, settings, recorded } = await scene({
    behaviours: ["silent-when-dialled"],
    listening: (_, address) => void addresses.push(address),
  });
  const group = openHostilePeers(settings);
  group.arrive(arrival(0, { localHost: "45.2.2.2" }));
  await world.run(100);
  t.is(addresses.length, 1);
  t.deepEqual(recorded.now, { waiting: 1 });
  await world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: 1 });
});

test("a connection to a peer that waits is no connect of its own, and none from an address that is not allowed", async (t) => {
  for (const isAllowed of [true, false]) {
    const addresses: Address[] = [];
    const { world, machine, settings, recorded } = await scene({
      behaviours: ["silent-when-dialled"],
      listening: (_, address) => void addresses.push(address),
      mayDial: () => isAllowed,
    });
    const group = openHostilePeers(settings);
    group.arrive(arrival(0, { localHost: "45.2.2.2" }));
    // One after the other.
    // oxlint-disable-next-line no-await-in-loop
    await world.run(100);
    for (const address of addresses)
      machine.sockets.dial(address, { bytes() {}, closed() {} }, { timeoutMs: 1_000 });
    // oxlint-disable-next-line no-await-in-loop
    await world.run(1_000);
    // oxlint-disable-next-line no-await-in-loop
    await world.settle(group.end("cut"));
    t.deepEqual([recorded.of("opened"), recorded.of("refused")], [isAllowed ? 1 : 0, 0]);
    t.deepEqual(recorded.latencies("connect"), []);
  }
});

test("a hostile peer does not dial an address that is not allowed", async (t) => {
  const { world, settings, recorded } = await scene({ mayDial: () => false });
  const group = openHostilePeers(settings);
  group.arrive(arrival(0));
  await world.run(1_000);
  t.is(recorded.of("refused: address not allowed"), 1);
  t.is(recorded.of("opened"), 0);
});

test("no bytes of the target stop the misbehaving peers", async (t) => {
  const { world, settings, recorded } = await scene(
    { bytesPerSecond: 200_000 },
    3_000,
    (stream) => {
      const { infoHash, geometry } = settings.torrent.metainfo;
      const peerId = Buffer.from("-XX0000-target000000");
      stream.write(encodeHandshake({ infoHash, peerId, reserved: ownReservedBits() }));
      stream.write(wholeBitfield(geometry.pieceCount));
      for (const message of [unchoke, interested, have(0xffffffff)]) stream.write(message);
      for (const payload of ["", "d", "i1e", "d8:msg_typei0e5:piecei-1ee"])
        stream.write(extended(3, payload));
      for (const [piece, begin, lengthBytes] of farRequests)
        stream.write(request(piece, begin, lengthBytes));
    },
  );
  const group = openHostilePeers(settings);
  for (let peer = 0; peer < catalogue.length; peer++) group.arrive(arrival(peer));
  await world.run(5_000);
  await world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: recorded.of("arrived") });
  t.true(recorded.of("opened") >= catalogue.length);
});

test("a dial that the group ends itself is not refused", async (t) => {
  const { world, settings, recorded } = await scene({ target: { host: "45.9.9.9", port: 1 } });
  const group = openHostilePeers(settings);
  group.arrive(arrival(0));
  await world.run(1_000);
  await world.settle(group.end("cut"));
  t.deepEqual(recorded.now, { gone: 1 });
  t.is(recorded.of("refused"), 0);
});

test("unknown behaviours, and those that nobody can dial, are refused", async (t) => {
  const { settings } = await scene();
  t.throws(() => openHostilePeers({ ...settings, behaviours: ["polite"] }), {
    message: /cannot misbehave as polite/,
  });
  t.throws(() => openHostilePeers({ ...settings, behaviours: ["silent-when-dialled"] }), {
    message: /waits to be dialled/,
  });
});

/** Behaviours that need hash trees. */
const hashStress = catalogue
  .filter(({ isOfVersion2 }) => isOfVersion2 === true)
  .map(({ name }) => name);

for (const version of ["v2", "hybrid"] as const) {
  test(`J06: the peers of hash-stress name a ${version} torrent by its hash of version 2, and misuse hash messages`, async (t) => {
    const { world, machine, settings, recorded } = await scene();
    const bytes = patternTorrent({
      lengthBytes: 2_000_001,
      pieceLengthBytes: 65_536,
      name: "tree",
      version,
    });
    const torrent = openPeerTorrent(machine.disk, bytes, { kind: "pattern" });
    const heard = new Set<string>();
    const ids = new Set<number>();
    const target = { host: targetHost, port: targetPort + 1 };
    const { infoHashes, geometry } = torrent.metainfo;
    const named = wireHashes(infoHashes).at(-1) ?? settings.torrent.metainfo.infoHash;
    const root = torrent.metainfo.trees?.roots.slice(0, 32) ?? new Uint8Array(32);
    const asked = encodeHashRequest({ root, baseLayer: 2, index: 0, length: 4, proofLayers: 1 });
    await world.settle(
      machine.sockets.listen(target, (stream) => {
        machine.timers.after(3_000, () => stream.destroy());
        stream.write(encodeHandshake({ infoHash: named, peerId: Buffer.alloc(20, "t") }));
        stream.write(wholeBitfield(geometry.pieceCount));
        stream.write(asked);
        const all: Uint8Array[] = [];
        return {
          bytes: (_, chunk) => void all.push(new Uint8Array(chunk)),
          closed() {
            const said = Buffer.concat(all);
            heard.add(decodeHandshake(said).infoHash);
            for (let at = 68; at + 5 <= said.length; at += 4 + said.readUInt32BE(at))
              ids.add(said[at + 4] ?? 0);
          },
        };
      }),
    );
    const group = openHostilePeers({ ...settings, target, torrent, behaviours: hashStress });
    hashStress.forEach((_, peer) => group.arrive(arrival(peer)));
    await world.run(5_000);
    await world.settle(group.end("cut"));
    t.deepEqual([...heard], [named]);
    t.deepEqual(
      [21, 22, 23].map((id) => ids.has(id)),
      [true, true, true],
    );
    t.is(recorded.of("opened"), hashStress.length);
  });
}

test("J06: the peers of hash-stress are left out, and refused by name, where a torrent has no hash trees", async (t) => {
  const { settings } = await scene();
  t.true(hashStress.length >= 12);
  for (const name of hashStress)
    t.throws(() => openHostilePeers({ ...settings, behaviours: [name] }), {
      message: `cannot misbehave as ${name}: the torrent has no hash trees`,
    });
});
