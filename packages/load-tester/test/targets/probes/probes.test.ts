import type { StreamHandlers } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { patternTorrent, type PeerDialer } from "@troupe/load-peers";
import { encodeResponse, nodeIdFrom } from "@troupe/protocol/dht";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { encodeHandshake, fullBitfield, makePeerId } from "@troupe/protocol/peer";
import { decodeUdpRequest, encodeUdpConnectReply } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import test, { type ExecutionContext } from "ava";
import { probeNode } from "../../../src/targets/probes/probe-node.ts";
import {
  AnswerReader,
  probePeer,
  type PeerAnswer,
} from "../../../src/targets/probes/probe-peer.ts";
import { probeTracker } from "../../../src/targets/probes/probe-tracker.ts";

const target = { host: "10.0.0.2", port: 6_881 };
const pieces = 20;
const torrent = parseTorrent(
  patternTorrent({ name: "payload", lengthBytes: pieces * 16_384, pieceLengthBytes: 16_384 }),
);

/** A peer that sends these bytes, each after so many milliseconds, when it is dialled. */
async function probing(
  t: ExecutionContext,
  answers: readonly (readonly [afterMs: number, bytes: Uint8Array | "close"])[],
  wanted = pieces,
): Promise<PeerAnswer> {
  const world = new SimulatedWorld({ seed: t.title });
  const peer = world.machine({ addresses: [target.host] }).ports("peer");
  const handlers: StreamHandlers = { bytes: () => {}, closed: () => {} };
  await peer.sockets.listen(target, (stream) => {
    for (const [afterMs, bytes] of answers) {
      peer.timers.after(
        afterMs,
        () => void (bytes === "close" ? stream.end() : stream.write(bytes)),
      );
    }
    return handlers;
  });
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  return await world.settle(probePeer(own, target, torrent, wanted));
}

function helloOf(infoHash = torrent.infoHash): Uint8Array {
  return encodeHandshake({ infoHash, peerId: makePeerId(new Uint8Array(12), "-LT2080-") });
}

function bitfieldOf(count: number): Uint8Array {
  const bits = fullBitfield(pieces).map((byte, at) => (at * 8 < count ? byte : 0));
  return Uint8Array.of(0, 0, 0, 1 + bits.length, 5, ...bits);
}

const haveOf = (piece: number): Uint8Array => Uint8Array.of(0, 0, 0, 5, 4, 0, 0, 0, piece);

test("a client that has everything is found with its name, in whatever chunks it answers", async (t) => {
  const bytes = Buffer.concat([helloOf(), bitfieldOf(pieces)]);
  const chunks = [...bytes].map((byte, at) => [at, Uint8Array.of(byte)] as const);
  const found = { kind: "answered", client: "libtorrent 2.0.8", haves: pieces };
  t.deepEqual(await probing(t, chunks), found);
});

test("haves count beside the bitfield, and a client that lacks pieces is waited for a second", async (t) => {
  const answers = [helloOf(), bitfieldOf(8), haveOf(8), haveOf(9)].map(
    (bytes, at) => [300 * at, bytes] as const,
  );
  t.like(await probing(t, answers), { haves: 10 });
});

test("a client without pieces answers with its handshake alone", async (t) => {
  t.like(await probing(t, [[0, helloOf()]], 0), { kind: "answered", haves: 0 });
});

const others: readonly (readonly [string, Parameters<typeof probing>[1], string])[] = [
  ["silence", [], "no answer"],
  ["a closed connection", [[10, "close"]], "closed"],
  ["another info-hash", [[0, helloOf("a".repeat(40) as InfoHash)]], "another info-hash"],
  [
    "half a handshake",
    [
      [0, helloOf().subarray(0, 40)],
      [50, "close"],
    ],
    "closed",
  ],
];
for (const [title, answers, reason] of others) {
  test(`${title} is no answer`, async (t) => {
    t.deepEqual(await probing(t, answers), { kind: "failed", reason });
  });
}

test("other bytes than a handshake, and a wrong message, are no answer", async (t) => {
  t.like(await probing(t, [[0, new Uint8Array(100)]]), { kind: "failed" });
  const wrong = Uint8Array.of(0, 0, 0, 2, 5, 255);
  t.like(
    await probing(t, [
      [0, helloOf()],
      [1, wrong],
    ]),
    { kind: "failed" },
  );
});

test("a refused connection has the system's reason", async (t) => {
  const world = new SimulatedWorld({ seed: t.title });
  world.machine({ addresses: [target.host] });
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  const answer = await world.settle(probePeer(own, target, torrent, 0));
  t.deepEqual(answer, { kind: "failed", reason: "ECONNREFUSED" });
});

test("a connect that runs out of time before the probe does is no answer", async (t) => {
  const world = new SimulatedWorld({ seed: t.title });
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  const sockets: PeerDialer = {
    dial: (to, handlers, { timeoutMs }) =>
      own.sockets.dial(to, handlers, { timeoutMs: timeoutMs - 1 }),
  };
  const answer = await world.settle(probePeer({ ...own, sockets }, target, torrent, 0));
  t.deepEqual(answer, { kind: "failed", reason: "no answer" });
});

test("the bytes of a probe are bounded", async (t) => {
  const reader = new AnswerReader(torrent, pieces, () => {});
  reader.read(Buffer.concat([helloOf(), haveOf(0)]));
  const unknown = Buffer.concat([Uint8Array.of(0, 8, 0, 0, 99), new Uint8Array(2 ** 19 - 1)]);
  for (let count = 0; count < 4; count++) reader.read(unknown);
  reader.read(haveOf(1));
  t.like(await reader.answer, { kind: "answered", haves: 1 });
});

test("a UDP tracker is ready when it answers the connect", async (t) => {
  const world = new SimulatedWorld({ seed: t.title });
  const tracker = world.machine({ addresses: [target.host] }).ports("tracker");
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  const url = "udp://10.0.0.2:6881/announce";
  t.is(await world.settle(probeTracker(own, url, target)), "no answer");
  const socket = await tracker.datagrams.bind(target, {
    received: (bytes, from) => {
      const { transactionId } = decodeUdpRequest(bytes);
      socket.send(Uint8Array.of(1, 2, 3), from);
      socket.send(encodeUdpConnectReply(transactionId, 7n as never), from);
    },
  });
  t.is(await world.settle(probeTracker(own, url, target)), undefined);
});

test("an HTTP tracker is ready when it answers anything", async (t) => {
  const world = new SimulatedWorld({ seed: t.title });
  world.machine({ addresses: [target.host] });
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  const url = "http://10.0.0.2:6881/announce";
  t.regex((await world.settle(probeTracker(own, url, target))) ?? "", /cannot get a document/);
  world.http.serve("http://10.0.0.2:6881", () => ({ status: 400, body: "no info-hash" }));
  t.is(await world.settle(probeTracker(own, url, target)), undefined);
});

test("a DHT node is ready when it answers a ping with its transaction", async (t) => {
  const world = new SimulatedWorld({ seed: t.title });
  const node = world.machine({ addresses: [target.host] }).ports("node");
  const own = world.machine({ addresses: ["10.0.0.1"] }).ports("own");
  let isSound = false;
  const socket = await node.datagrams.bind(target, {
    received: (bytes, from) => {
      const text = Buffer.from(bytes);
      const at = text.indexOf("1:t4:") + 5;
      const transaction = isSound ? text.subarray(at, at + 4) : Uint8Array.of(0, 0, 0, 0);
      socket.send(
        encodeResponse(
          transaction,
          { id: nodeIdFrom(new Uint8Array(20)) },
          { to: from, family: 4 },
        ),
        from,
      );
    },
  });
  t.is(await world.settle(probeNode(own, target)), "no answer");
  isSound = true;
  t.is(await world.settle(probeNode(own, target)), undefined);
});
