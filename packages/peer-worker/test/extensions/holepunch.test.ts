// Messages of `ut_holepunch` between a peer and the engine.

import test from "ava";
import type { PeerRowIndex } from "@troupe/messages";
import {
  encodeExtendedHandshake,
  encodeHolepunch,
  type HolepunchMessage,
} from "@troupe/protocol/peer";

import { maxHolepunchAnswers, maxRendezvous, maxUselessHolepunches } from "../../src/limits.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { WorkerBench } from "../support/worker-bench.ts";

/** The peer's id of the extension, and ours. */
const peersId = 9;
const ourId = 5;
const place = 0 as PeerRowIndex;
const elsewhere = { host: "203.0.113.9", port: 7_000 };

function offer(peer: ScriptedPeer, id: number = peersId): void {
  const extensions = { ut_holepunch: id };
  peer.stream.arrive(encodeExtendedHandshake({ client: "a", requestQueue: 250, extensions }));
}

function say(peer: ScriptedPeer, message: HolepunchMessage): void {
  const bytes = encodeHolepunch(ourId, message);
  if (bytes !== undefined) peer.stream.arrive(bytes);
}

/** A connected peer that has offered the extension, of a torrent whose peers may name each other. */
async function scene({ exchangesPeers = true } = {}) {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "....", exchangesPeers });
  const peer = await bench.meet(torrent, "a");
  offer(peer);
  await bench.settle();
  peer.takeMessages();
  const send = (message: HolepunchMessage) =>
    bench.send("send-holepunch", { torrent: torrent.id, peer: place, message });
  return { bench, peer, send, torrent };
}

test("B07: the engine hears once that a peer offers the extension, and once that it takes the offer back", async (t) => {
  const { bench, peer, torrent } = await scene();
  const told = (isOffered: boolean) => ({ torrent: torrent.id, peer: place, isOffered });
  t.deepEqual(bench.takeNotices("holepunch-offered"), [told(true)]);
  await bench.advance(60_000);
  offer(peer);
  await bench.settle();
  t.deepEqual(bench.takeNotices("holepunch-offered"), []);
  await bench.advance(60_000);
  offer(peer, 0);
  await bench.settle();
  t.deepEqual(bench.takeNotices("holepunch-offered"), [told(false)]);
});

test("B07: the engine hears of each kind of message", async (t) => {
  const { bench, peer, torrent } = await scene();
  const messages: HolepunchMessage[] = [
    { kind: "rendezvous", ...elsewhere },
    { kind: "connect", ...elsewhere },
    { kind: "error", ...elsewhere, code: 2 },
  ];
  for (const message of messages) say(peer, message);
  await bench.settle();
  t.deepEqual(
    bench.takeNotices("holepunch-received"),
    messages.map((message) => ({ torrent: torrent.id, peer: place, message })),
  );
});

test("B07: of a peer's requests and answers the engine hears so many a minute", async (t) => {
  const { bench, peer } = await scene();
  const heard = async (kind: "rendezvous" | "connect"): Promise<number> => {
    for (let port = 1; port <= 100; port++) say(peer, { kind, host: elsewhere.host, port });
    await bench.settle();
    return bench.takeNotices("holepunch-received").length;
  };
  t.is(await heard("rendezvous"), maxRendezvous);
  t.is(await heard("connect"), maxHolepunchAnswers);
  t.is(await heard("connect"), 0);
  await bench.advance(60_000);
  t.is(await heard("rendezvous"), maxRendezvous);
  t.false(peer.isClosed);
});

test("B07: messages of an unknown kind are dropped, and a flood of them closes the connection", async (t) => {
  const { bench, peer } = await scene();
  const unknown = Uint8Array.of(0, 0, 0, 10, 20, ourId, 9, 0, 203, 0, 113, 9, 27, 88);
  for (let count = 0; count < maxUselessHolepunches; count++) peer.stream.arrive(unknown.slice());
  await bench.settle();
  t.deepEqual(bench.takeNotices("holepunch-received"), []);
  t.false(peer.isClosed);
  peer.stream.arrive(unknown.slice());
  await bench.settle();
  t.true(peer.isClosed);
});

test("B07: a message of a wrong length closes the connection", async (t) => {
  const { bench, peer } = await scene();
  peer.stream.arrive(Uint8Array.of(0, 0, 0, 6, 20, ourId, 0, 0, 1, 2));
  await bench.settle();
  t.true(peer.isClosed);
  t.deepEqual(bench.takeNotices("holepunch-received"), []);
});

test("B07: messages of the engine go out under the peer's id, and none to a peer without an offer", async (t) => {
  const { bench, peer, send } = await scene();
  await send({ kind: "connect", ...elsewhere });
  t.deepEqual(peer.takeMessages(), [`extended ${peersId}`]);
  await bench.advance(60_000);
  offer(peer, 0);
  await bench.settle();
  peer.takeMessages();
  await send({ kind: "connect", ...elsewhere });
  t.deepEqual(peer.takeMessages(), []);
});

test("B07: where peers may not name each other nothing is offered, read or sent", async (t) => {
  const { bench, peer, send } = await scene({ exchangesPeers: false });
  say(peer, { kind: "rendezvous", ...elsewhere });
  await bench.settle();
  await send({ kind: "connect", ...elsewhere });
  t.deepEqual(bench.takeNotices("holepunch-offered"), []);
  t.deepEqual(bench.takeNotices("holepunch-received"), []);
  t.deepEqual(peer.takeMessages(), []);
  t.false(peer.handshakes.some(({ extensions }) => extensions.has("ut_holepunch")));
});

test("B07: without uTP the offer is taken back, and messages are not read", async (t) => {
  const { bench, peer } = await scene();
  bench.takeNotices();
  await bench.send("set-transport", { mode: "tcp" });
  await bench.settle();
  peer.takeMessages();
  t.is(peer.handshakes.at(-1)?.extensions.get("ut_holepunch"), 0);
  say(peer, { kind: "connect", ...elsewhere });
  await bench.settle();
  t.deepEqual(bench.takeNotices("holepunch-received"), []);
});
