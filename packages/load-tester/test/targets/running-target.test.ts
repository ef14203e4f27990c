import type { Ports } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { patternTorrent } from "@troupe/load-peers";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { encodeHandshake, makePeerId } from "@troupe/protocol/peer";
import { UtpSockets } from "@troupe/transport";
import test, { type ExecutionContext } from "ava";
import { makeRule } from "../../src/rules/make-rule.ts";
import { ruledPorts } from "../../src/rules/ruled-ports.ts";
import type { RunningTarget } from "../../src/scenario/scenario.ts";
import { reachTarget } from "../../src/targets/running-target.ts";

const bytes = patternTorrent({ name: "payload", lengthBytes: 1_000, pieceLengthBytes: 16_384 });
const metainfo = parseTorrent(bytes);
const content = { kind: "pattern" } as const;
const torrent = { ready: { name: "torrent", metainfo: bytes, content }, metainfo };

function worldOf(t: ExecutionContext): { world: SimulatedWorld; ports: Ports } {
  const world = new SimulatedWorld({ seed: t.title });
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  return { world, ports: ruledPorts(own, makeRule({ allowTargets: [] })) };
}

/** Listens as a client. */
async function client(world: SimulatedWorld, host: string, hasTorrent: boolean): Promise<void> {
  const peer = world.machine({ addresses: [host] }).ports("peer");
  const peerId = makePeerId(new Uint8Array(12), "-qB4520-");
  await peer.sockets.listen({ host, port: 6_881 }, (stream) => {
    if (hasTorrent) stream.write(encodeHandshake({ infoHash: metainfo.infoHash, peerId }));
    else stream.end();
    return { bytes: () => {}, closed: () => {} };
  });
}

function reach(
  ports: Ports,
  address: string,
  kind: RunningTarget["kind"] = "peer",
  transports: Parameters<typeof reachTarget>[3]["transports"] = ["tcp"],
) {
  return reachTarget(ports, "target", { from: "address", kind, address }, { torrent, transports });
}

test("a client is reached by a name, and tells its own by its peer id", async (t) => {
  const { world, ports } = worldOf(t);
  world.names.set("client.lan", "10.0.0.2");
  await client(world, "10.0.0.2", true);
  const { ready, client: name } = await world.settle(reach(ports, "client.lan:6881"));
  t.like(ready, { name: "target", kind: "peer", host: "10.0.0.2", port: 6_881 });
  t.is(name, "qBittorrent 4.5.2");
});

test("a client without the torrent, and a machine without a client, are not reached", async (t) => {
  const { world, ports } = worldOf(t);
  await client(world, "10.0.0.2", false);
  world.machine({ addresses: ["10.0.0.3"] });
  const lacking = t.throwsAsync(reach(ports, "10.0.0.2:6881"), { code: "target-unreachable" });
  t.regex(
    (await world.settle(lacking)).message,
    /for the torrent "torrent", which it may not have/,
  );
  const silent = t.throwsAsync(reach(ports, "10.0.0.3:6881"), { code: "target-unreachable" });
  t.regex((await world.settle(silent)).message, /"target" at 10\.0\.0\.3:6881: ECONNREFUSED/);
});

test("a name without an address is not reached, and one of a public address is refused", async (t) => {
  const { world, ports } = worldOf(t);
  world.names.set("client.example", "45.20.1.1");
  await client(world, "45.20.1.1", true);
  const unknown = t.throwsAsync(reach(ports, "nowhere.lan:6881"), { code: "target-unreachable" });
  await world.settle(unknown);
  for (const address of ["client.example:6881", "45.20.1.1:6881"]) {
    // oxlint-disable-next-line no-await-in-loop
    await world.settle(t.throwsAsync(reach(ports, address), { code: "target-not-allowed" }));
  }
});

test("a tracker's port follows from its URL", async (t) => {
  const { world, ports } = worldOf(t);
  world.machine({ addresses: ["10.0.0.2"] });
  world.http.serve("http://10.0.0.2", () => ({ body: "d14:failure reason2:noe" }));
  const { ready } = await world.settle(reach(ports, "http://10.0.0.2/announce", "tracker"));
  t.like(ready, { kind: "tracker", host: "10.0.0.2", port: 80, url: "http://10.0.0.2/announce" });
});

/** Takes uTP as a client. */
async function utpClient(world: SimulatedWorld, host: string, hasTorrent: boolean): Promise<void> {
  const peer = world.machine({ addresses: [host] }).ports("peer");
  const peerId = makePeerId(new Uint8Array(12), "-qB4520-");
  const socket = await peer.datagrams.bind(
    { host, port: 6_881 },
    {
      received: (datagram, from) => {
        utp.received(datagram, from);
        utp.batchEnded();
      },
    },
  );
  const utp = new UtpSockets(peer, (datagram, to) => socket.send(datagram, to));
  utp.accept = (stream) => {
    if (hasTorrent) stream.write(encodeHandshake({ infoHash: metainfo.infoHash, peerId }));
    else stream.end();
    return { bytes: () => {}, closed: () => {} };
  };
}

test("a client of groups over uTP alone is asked over uTP alone", async (t) => {
  const { world, ports } = worldOf(t);
  await utpClient(world, "10.0.0.2", true);
  const { client: name } = await world.settle(reach(ports, "10.0.0.2:6881", "peer", ["utp"]));
  t.is(name, "qBittorrent 4.5.2");
});

test("a client that does not answer over uTP is not reached by groups over both transports", async (t) => {
  const { world, ports } = worldOf(t);
  await client(world, "10.0.0.2", true);
  const silent = reach(ports, "10.0.0.2:6881", "peer", ["tcp", "utp"]);
  const refused = t.throwsAsync(silent, { code: "target-unreachable" });
  t.regex((await world.settle(refused)).message, /10\.0\.0\.2:6881: over uTP no answer/);
});

test("a client that closes over uTP may lack the torrent", async (t) => {
  const { world, ports } = worldOf(t);
  await utpClient(world, "10.0.0.2", false);
  const lacking = reach(ports, "10.0.0.2:6881", "peer", ["utp"]);
  const refused = t.throwsAsync(lacking, { code: "target-unreachable" });
  t.regex(
    (await world.settle(refused)).message,
    /over uTP it closes a connection for the torrent "torrent"/,
  );
});
