// Handshakes of hybrids, whose peers name them by a hash of each version (BEP 52, "Upgrade Path").

import test, { type ExecutionContext } from "ava";
import { PeerFlag, plainTcp, type Dial } from "@troupe/messages";
import {
  decodeHandshake,
  looksLikeHandshake,
  offersUpgrade,
  ownReservedBits,
} from "@troupe/protocol/peer";
import { parseInfoHash, type InfoHash } from "@troupe/protocol/units";

import type { FakeStream } from "../support/fake-stream.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, type EarlyTorrent, WorkerBench } from "../support/worker-bench.ts";

const v2 = parseInfoHash("2".repeat(40));
const offer = ownReservedBits({ hasV2: true });
const noOffer = ownReservedBits();

async function hybridBench(): Promise<{ bench: WorkerBench; torrent: BenchTorrent }> {
  const bench = await WorkerBench.start();
  await bench.send("set-encryption", { mode: "off" });
  return { bench, torrent: await bench.openTorrent({ had: "#.", infoHashV2: v2 }) };
}

/** The handshake that we have sent. */
function sentBy(stream: FakeStream): { readonly name: InfoHash; readonly isOffered: boolean } {
  const { infoHash, reserved } = decodeHandshake(stream.takeSent().subarray(0, 68));
  return { name: infoHash, isOffered: offersUpgrade(reserved) };
}

async function dial(
  bench: WorkerBench,
  torrent: EarlyTorrent,
  over: Partial<Dial> = {},
): Promise<void> {
  const address = { host: "203.0.113.5", port: 7_000, kind: plainTcp, timeoutMs: 5_000 };
  await bench.send("dial", { torrent: torrent.id, ...address, ...over });
}

function openDial(t: ExecutionContext, bench: WorkerBench, place: number): FakeStream {
  t.is(bench.sockets.dials.length, place + 1);
  const stream = bench.sockets.dials[place]?.stream;
  if (stream === undefined) throw new Error("nothing was dialled");
  stream.handlers?.opened?.(stream);
  return stream;
}

const accepted = [
  { what: "by version 1 without the offer", hash: "v1", reserved: noOffer, version: "v1" },
  { what: "by version 1 with the offer", hash: "v1", reserved: offer, version: "upgraded" },
  { what: "by version 2", hash: "v2", reserved: noOffer, version: "v2" },
] as const;

for (const { what, hash, reserved, version } of accepted) {
  test(`A16: a peer that names a hybrid ${what} has a connection of the kind ${version}`, async (t) => {
    const { bench, torrent } = await hybridBench();
    const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
    const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
    peer.shakeHands(hash === "v1" ? torrent.infoHash : v2, "a", reserved);
    await bench.settle();
    const speaksV2 = version !== "v1";
    t.deepEqual(sentBy(stream), { name: speaksV2 ? v2 : torrent.infoHash, isOffered: true });
    t.is(bench.row(torrent, 0).flag(PeerFlag.speaksV2), speaksV2);
    const opened = bench.takeNotice("peer-opened");
    t.is(opened.version, speaksV2 ? version : undefined);
  });
}

test("A16: the offer means nothing to a torrent without version 2, and is not made for it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "#." });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(torrent.infoHash, "a", offer);
  await bench.settle();
  t.deepEqual(sentBy(stream), { name: torrent.infoHash, isOffered: false });
  t.false(bench.row(torrent, 0).flag(PeerFlag.speaksV2));
});

test("A16: a closed hybrid is known by neither hash", async (t) => {
  const { bench, torrent } = await hybridBench();
  await bench.send("close-torrent", { torrent: torrent.id });
  for (const infoHash of [torrent.infoHash, v2]) {
    const peer = await bench.meet({ ...torrent, infoHash }, "a");
    t.true(peer.isClosed);
    t.is(peer.stream.writes, 0);
  }
});

for (const [answer, version] of [
  ["v1", undefined],
  ["v2", "upgraded"],
] as const) {
  test(`A16: a dial by version 1 offers version 2, and the answer ${answer} decides`, async (t) => {
    const { bench, torrent } = await hybridBench();
    await dial(bench, torrent);
    const stream = openDial(t, bench, 0);
    t.deepEqual(sentBy(stream), { name: torrent.infoHash, isOffered: true });
    const peer = new ScriptedPeer(stream, torrent.pieceLengthBytes);
    peer.shakeHands(answer === "v1" ? torrent.infoHash : v2, "a", noOffer);
    await bench.settle();
    t.is(bench.row(torrent, 0).flag(PeerFlag.speaksV2), answer === "v2");
    t.is(bench.takeNotice("peer-opened").version, version);
  });
}

test("A16: a dial by version 2 that is answered by version 1 has failed", async (t) => {
  const { bench, torrent } = await hybridBench();
  await dial(bench, torrent, { foundBy: "v2" });
  const stream = openDial(t, bench, 0);
  t.is(sentBy(stream).name, v2);
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(torrent.infoHash, "a");
  await bench.settle();
  t.is(bench.takeNotice("dial-failed").reason, "wrong-info-hash");
  t.is(bench.sockets.dials.length, 1);
});

for (const foundBy of ["v1", "v2"] as const) {
  test(`A16: a peer that closes at the hash of ${foundBy} is dialled by the other one, once`, async (t) => {
    const { bench, torrent } = await hybridBench();
    const names = { v1: torrent.infoHash, v2 };
    await dial(bench, torrent, { foundBy });
    for (const [place, version] of ([foundBy, foundBy === "v1" ? "v2" : "v1"] as const).entries()) {
      const stream = openDial(t, bench, place);
      t.is(sentBy(stream).name, names[version]);
      stream.hangUp();
      await bench.settle();
    }
    t.is(bench.takeNotice("dial-failed").reason, "closed-by-peer");
    t.is(bench.sockets.dials.length, 2);
  });
}

test("A16: a peer that closes at a plain and at an encrypted handshake is dialled by the other hash", async (t) => {
  const { bench, torrent } = await hybridBench();
  await bench.send("set-encryption", { mode: "allow" });
  await dial(bench, torrent);
  for (const place of [0, 1]) {
    openDial(t, bench, place).hangUp();
    await bench.settle();
  }
  const stream = openDial(t, bench, 2);
  t.is(sentBy(stream).name, v2);
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(v2, "a");
  await bench.settle();
  t.is(bench.takeNotice("peer-opened").version, "v2");
});

test("A16: under `prefer` a peer that closes is tried encrypted and plain by one hash, then both by the other", async (t) => {
  const { bench, torrent } = await hybridBench();
  await bench.send("set-encryption", { mode: "prefer" });
  await dial(bench, torrent);
  const isPlain: boolean[] = [];
  const names: InfoHash[] = [];
  for (const place of [0, 1, 2, 3]) {
    const stream = openDial(t, bench, place);
    await bench.settle();
    const sent = stream.takeSent();
    isPlain.push(looksLikeHandshake(sent) !== "no");
    if (isPlain.at(-1) === true) names.push(decodeHandshake(sent.subarray(0, 68)).infoHash);
    stream.hangUp();
    await bench.settle();
  }
  t.deepEqual(isPlain, [false, true, false, true]);
  t.deepEqual(names, [torrent.infoHash, v2]);
  t.is(bench.takeNotice("dial-failed").reason, "closed-by-peer");
  t.is(bench.sockets.dials.length, 4);
});

test("A16: before the metadata version 2 is neither offered nor answered: the hashes of a link may be of two torrents", async (t) => {
  const bench = await WorkerBench.start();
  await bench.send("set-encryption", { mode: "off" });
  const torrent = await bench.openWithoutContent({ infoHashV2: v2 });
  await dial(bench, torrent);
  t.deepEqual(sentBy(openDial(t, bench, 0)), { name: torrent.infoHash, isOffered: false });
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(torrent.infoHash, "a", offer);
  await bench.settle();
  t.deepEqual(sentBy(stream), { name: torrent.infoHash, isOffered: false });
});

/** A dialled peer of a link with the hash of version 1, which has answered when the metadata shows a hybrid. */
async function metBeforeMetadata(t: ExecutionContext, reserved: Uint8Array) {
  const bench = await WorkerBench.start();
  await bench.send("set-encryption", { mode: "off" });
  const early = await bench.openWithoutContent();
  await dial(bench, early);
  const stream = openDial(t, bench, 0);
  new ScriptedPeer(stream, early.pieceLengthBytes).shakeHands(early.infoHash, "a", reserved);
  await bench.settle();
  bench.takeNotices();
  return { bench, early, stream };
}

test("A16: when the metadata shows a hybrid a peer that offers version 2 is closed, to be dialled by its hash", async (t) => {
  const { bench, early, stream } = await metBeforeMetadata(t, offer);
  await bench.addContent(early, { had: "..", infoHashV2: v2 });
  await bench.settle();
  t.true(stream.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "version-upgrade", isFault: false });
});

test("A16: peers that do not offer version 2 stay when the metadata shows a hybrid, and all peers when it does not", async (t) => {
  const without = await metBeforeMetadata(t, noOffer);
  await without.bench.addContent(without.early, { had: "..", infoHashV2: v2 });
  await without.bench.settle();
  t.false(without.stream.isClosed);
  const ofVersion1 = await metBeforeMetadata(t, offer);
  await ofVersion1.bench.addContent(ofVersion1.early, { had: ".." });
  await ofVersion1.bench.settle();
  t.false(ofVersion1.stream.isClosed);
});

test("A16: an incoming peer stays when the metadata shows a hybrid, unless it has named its port", async (t) => {
  for (const port of [undefined, 7_000]) {
    const bench = await WorkerBench.start();
    const early = await bench.openWithoutContent();
    const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
    const peer = new ScriptedPeer(stream, early.pieceLengthBytes);
    peer.shakeHands(early.infoHash, "a", offer);
    await bench.settle();
    if (port !== undefined) peer.extended(250, port);
    await bench.settle();
    await bench.addContent(early, { had: "..", infoHashV2: v2 });
    await bench.settle();
    t.is(stream.isClosed, port !== undefined);
  }
});
