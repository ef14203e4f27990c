import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import type { PexPeer } from "@troupe/protocol/peer";

import {
  maxFirstPeersNamed,
  maxPeerExchangeBytes,
  maxPeerExchangeMessages,
  maxPeersNamed,
} from "../../src/limits.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

/** A torrent whose peers may name others, and a peer that has offered `ut_pex`. */
async function scene() {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers: true });
  const peer = await bench.meet(torrent, "a");
  peer.offerPeerExchange();
  peer.takeMessages();
  return { bench, peer, torrent };
}

function named(count: number, from = 0): PexPeer[] {
  return Array.from({ length: count }, (_, place) => {
    const number = from + place;
    return { host: `1.2.${number >> 8}.${number & 255}`, port: 6_881, flags: 16 };
  });
}

/** The number of peers in each message to the engine. */
function told(bench: WorkerBench): number[] {
  const notices = bench.takeNotices("peers-named") as { readonly added: readonly PexPeer[] }[];
  return notices.map(({ added }) => added.length);
}

function closedFor(bench: WorkerBench): unknown {
  const [notice] = bench.takeNotices("peer-closed") as { readonly reason: string }[];
  return notice?.reason;
}

test("the extension is offered, and the engine hears of a peer's offer and of its end once", async (t) => {
  const { bench, peer, torrent } = await scene();
  t.is(peer.handshakes[0]?.extensions.get("ut_pex"), 2);
  peer.offerPeerExchange();
  peer.offerPeerExchange(0);
  const { id } = torrent;
  t.deepEqual(bench.takeNotices("peer-exchange-offered"), [
    { torrent: id, peer: 0, isOffered: true },
    { torrent: id, peer: 0, isOffered: false },
  ]);
});

test("named peers reach the engine with their flags, without those that cannot be dialled", async (t) => {
  const { bench, peer, torrent } = await scene();
  const fit = { host: "2001:db8::1", port: 80, flags: 2 };
  peer.namePeers(fit, { ...fit, port: 0 }, { host: "0.0.0.0", port: 80, flags: 0 });
  t.deepEqual(bench.takeNotices("peers-named"), [{ torrent: torrent.id, peer: 0, added: [fit] }]);
  peer.peerExchange("de");
  t.deepEqual(told(bench), []);
});

test("the engine's peers are sent under the peer's id, and not to a peer without one", async (t) => {
  const { bench, peer, torrent } = await scene();
  const other = await bench.meet(torrent, "b");
  other.takeMessages();
  const [added, dropped] = [named(2), [{ host: "2001:db8::1", port: 80 }]];
  for (const row of [0, 1, 7])
    await bench.send("send-peer-exchange", {
      torrent: torrent.id,
      peer: row as PeerRowIndex,
      added,
      dropped,
    });
  t.deepEqual(peer.takeMessages(), ["peers 2 1"]);
  t.deepEqual(peer.named, [
    { added: ["1.2.0.0:6881 16", "1.2.0.1:6881 16"], dropped: ["[2001:db8::1]:80"] },
  ]);
  t.deepEqual(other.takeMessages(), []);
});

test("peers named before the admission are used after it", async (t) => {
  const bench = await WorkerBench.start();
  bench.admission = undefined;
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers: true });
  const peer = await bench.meet(torrent, "a");
  peer.namePeers(...named(3));
  peer.offerPeerExchange();
  await bench.settle();
  t.deepEqual(bench.takeNotices(), []);
  bench.admission = "admitted";
  await bench.settle();
  t.is(bench.takeNotices("peer-exchange-offered").length, 1);
  t.deepEqual(told(bench), [3]);
});

test("a torrent without metadata exchanges peers", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent({ exchangesPeers: true });
  const peer = await bench.meet(torrent, "a");
  peer.offerPeerExchange();
  peer.namePeers(...named(3));
  t.deepEqual(told(bench), [3]);
});

test("a private torrent neither offers the extension nor reads or sends its messages", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers: false });
  const peer = await bench.meet(torrent, "a");
  peer.offerPeerExchange();
  peer.namePeers(...named(3));
  peer.peerExchange("le");
  const message = { torrent: torrent.id, peer: 0 as PeerRowIndex, added: named(1), dropped: [] };
  await bench.send("send-peer-exchange", message);
  t.deepEqual(peer.takeMessages(), ["handshake", "extended 0"]);
  t.false(peer.handshakes[0]?.extensions.has("ut_pex"));
  t.deepEqual(bench.takeNotices("peer-exchange-offered"), []);
  t.deepEqual(told(bench), []);
});

test("connected peers hear that the exchange is turned off and on again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers: true });
  const peer = await bench.meet(torrent, "a");
  peer.offerPeerExchange();
  peer.takeMessages();
  bench.takeNotices("peer-exchange-offered");
  await bench.send("set-peer-exchange", { torrent: torrent.id, isOn: false });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.is(peer.handshakes[1]?.extensions.get("ut_pex"), 0);
  peer.namePeers(...named(3));
  const message = { torrent: torrent.id, peer: 0 as PeerRowIndex, added: named(1), dropped: [] };
  await bench.send("send-peer-exchange", message);
  await bench.send("set-peer-exchange", { torrent: torrent.id, isOn: false });
  t.deepEqual(peer.takeMessages(), []);
  t.deepEqual(told(bench), []);
  await bench.send("set-peer-exchange", { torrent: torrent.id, isOn: true });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.true((peer.handshakes[2]?.extensions.get("ut_pex") ?? 0) > 0);
  peer.namePeers(...named(3));
  t.deepEqual(told(bench), [3]);
});

test("a peer that offers the exchange while it is off is reported once it is on", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers: false });
  const peer = await bench.meet(torrent, "a");
  peer.offerPeerExchange();
  await bench.send("set-peer-exchange", { torrent: torrent.id, isOn: true });
  t.is(bench.takeNotices("peer-exchange-offered").length, 1);
});

test("a magnet that turns out private takes its offer back and reads no further message", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent({ exchangesPeers: true });
  const peer = await bench.meet(early, "a");
  peer.offerPeerExchange();
  peer.takeMessages();
  await bench.addContent(early, { had: "..", exchangesPeers: false });
  t.deepEqual(peer.takeMessages(), ["extended 0"]);
  t.is(peer.handshakes[1]?.extensions.get("ut_pex"), 0);
  peer.namePeers(...named(3));
  const message = { torrent: early.id, peer: 0 as PeerRowIndex, added: named(1), dropped: [] };
  await bench.send("send-peer-exchange", message);
  t.deepEqual(peer.takeMessages(), []);
  t.deepEqual(told(bench), []);
});

test("case 88: 200 peers of the first message are used, then 50 a minute", async (t) => {
  const { bench, peer } = await scene();
  peer.namePeers(...named(300));
  peer.namePeers(...named(30, 300));
  peer.namePeers(...named(30, 400));
  peer.namePeers(...named(30, 500));
  t.deepEqual(told(bench), [maxFirstPeersNamed, 30, maxPeersNamed - 30]);
  await bench.advance(61_000);
  peer.namePeers(...named(80, 600));
  t.deepEqual(told(bench), [maxPeersNamed]);
});

test("case 88: the tenth message in a minute closes the connection", async (t) => {
  const { bench, peer } = await scene();
  for (let minute = 0; minute < 3; minute++) {
    for (let count = 0; count < maxPeerExchangeMessages; count++) peer.namePeers();
    await bench.advance(61_000);
  }
  t.false(peer.isClosed);
  for (let count = 0; count <= maxPeerExchangeMessages; count++) peer.peerExchange("de");
  await bench.settle();
  t.is(closedFor(bench), "extension-flood");
});

const misuses: readonly (readonly [
  what: string,
  reason: string,
  misuse: (peer: ScriptedPeer) => void,
])[] = [
  [
    "a list cut inside an address",
    "compact-wrong-length",
    (peer) => peer.peerExchange("d5:added5:12345e"),
  ],
  [
    "a list that is a number",
    "field-wrong-type",
    (peer) => peer.peerExchange("d8:dropped6i99999999999999999999ee"),
  ],
  ["a message that is no dictionary", "field-wrong-type", (peer) => peer.peerExchange("le")],
  [
    "a message that is too long",
    "extension-too-long",
    (peer) => peer.peerExchange(`d1:z${maxPeerExchangeBytes}:${"z".repeat(maxPeerExchangeBytes)}e`),
  ],
];

for (const [what, reason, misuse] of misuses) {
  test(`case 88: ${what} closes the connection`, async (t) => {
    const { bench, peer } = await scene();
    misuse(peer);
    await bench.settle();
    t.is(closedFor(bench), reason);
  });
}
