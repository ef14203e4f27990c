import test from "ava";
import { PeerFlag, Total, type PeerRowIndex } from "@troupe/messages";

import type { ScriptedPeer } from "../../support/scripted-peer.ts";
import { WorkerBench } from "../../support/worker-bench.ts";

const withFast = { hasFast: true };

async function scene(had = "....") {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had });
  return { bench, torrent };
}

test("A10: a peer with the fast extension is told that we have nothing, some or all pieces", async (t) => {
  for (const [had, word] of [
    ["....", "have-none"],
    ["#...", "bitfield 80"],
    ["####", "have-all"],
  ] as const) {
    const { bench, torrent } = await scene(had);
    const peer = await bench.meet(torrent, "a", undefined, withFast);
    t.deepEqual(peer.takeMessages(), ["handshake", "extended 0", word]);
    t.true(bench.row(torrent, 0).flag(PeerFlag.hasFast));
  }
});

test("A10: have-all shows every piece, have-none none", async (t) => {
  const { bench, torrent } = await scene();
  const seed = await bench.meet(torrent, "a", undefined, withFast);
  const newcomer = await bench.meet(torrent, "b", undefined, withFast);
  seed.haveAll();
  newcomer.haveNone();
  t.deepEqual([...torrent.table.availability], [1, 1, 1, 1]);
  await bench.settle();
  t.deepEqual(seed.takeMessagesOf("interested"), ["interested"]);
  newcomer.have(2);
  t.is(torrent.table.availability[2], 2);
});

test("pieces that a peer shows before the metadata count when it comes", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a", undefined, withFast);
  peer.haveAll();
  peer.allowedFast(1);
  const torrent = await bench.addContent(early, { had: "...." });
  t.deepEqual([...torrent.table.availability], [1, 1, 1, 1]);
  await bench.lease(torrent, [0, 1]);
  t.deepEqual(peer.takeMessagesOf("request"), ["request 1 0 16384", "request 1 16384 16384"]);
});

test("A10: a choke drops no request, and a reject frees its block for others at once", async (t) => {
  const { bench, torrent } = await scene();
  const first = await bench.meetSeed(torrent, "a", "####", withFast);
  await bench.lease(torrent, [1]);
  const requests = first.takeMessagesOf("request");
  t.is(requests.length, 2);
  const second = await bench.meetSeed(torrent, "b", "####", withFast);
  first.choke();
  await bench.settle();
  t.deepEqual(second.takeMessagesOf("request"), []);
  first.rejectAll(requests.slice(1));
  await bench.settle();
  t.deepEqual(second.takeMessagesOf("request"), requests.slice(1));
  first.answer(requests.slice(0, 1));
  second.answer(requests.slice(1));
  t.like(bench.takeSealed(), { piece: 1 });
  t.is(torrent.table.totals[Total.wastedBytes], 0);
});

test("a peer that rejects without a choke is asked again later, first for another piece", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meetSeed(torrent, "a", "####", withFast);
  await bench.lease(torrent, [1]);
  peer.rejectAll(peer.takeMessagesOf("request"));
  await bench.lease(torrent, [2]);
  await bench.advance(900);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  await bench.advance(1_100);
  const next = peer.takeMessagesOf("request");
  t.deepEqual(next, ["request 2 0 16384", "request 2 16384 16384"]);
  peer.answer(next);
  await bench.advance(27_000);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  await bench.advance(3_000);
  t.deepEqual(peer.takeMessagesOf("request"), ["request 1 0 16384", "request 1 16384 16384"]);
});

test("a peer that rejects every request gets a few a minute", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meetSeed(torrent, "a", "####", withFast);
  await bench.lease(torrent, [0, 1, 2, 3]);
  let requests = 0;
  for (let second = 0; second < 60; second++) {
    const asked = peer.takeMessagesOf("request");
    requests += asked.length;
    peer.rejectAll(asked);
    await bench.advance(1_000);
  }
  t.true(requests > 4 && requests <= 28, `${requests} requests`);
  t.false(peer.isClosed);
});

test("requests that a peer keeps over a choke go to others after the usual time, however it flaps", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meetSeed(torrent, "a", "####", withFast);
  await bench.lease(torrent, [1]);
  const requests = peer.takeMessagesOf("request");
  const other = await bench.meetSeed(torrent, "b", "####", withFast);
  for (let second = 0; second < 22; second++) {
    peer.choke();
    peer.unchoke();
    await bench.advance(1_000);
  }
  t.deepEqual(other.takeMessagesOf("request").slice(0, 2), requests);
});

test("A10: pieces that a choking peer allows are requested, no others", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "####", withFast);
  await bench.lease(torrent, [0, 1]);
  peer.takeMessages();
  peer.allowedFast(1, 3);
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("request"), ["request 1 0 16384", "request 1 16384 16384"]);
  const questions = bench.takeNotices("pieces-wanted") as { peers: { among?: number[] }[] }[];
  t.deepEqual(questions[0]?.peers[0]?.among, [3], "the engine leases only such pieces");
  peer.unchoke();
  await bench.settle();
  t.deepEqual(peer.takeMessagesOf("request"), ["request 0 0 16384", "request 0 16384 16384"]);
});

test("no piece is leased for a choking peer whose allowed pieces are had, leased or unwanted", async (t) => {
  const { bench, torrent } = await scene("#.....");
  const peer = await bench.meet(torrent, "a", "######", withFast);
  await bench.want(torrent, "###.##");
  await bench.lease(torrent, [1, 2]);
  peer.allowedFast(0, 1, 2, 3);
  await bench.settle();
  peer.answer(peer.takeMessagesOf("request").filter((request) => request.startsWith("request 1")));
  await bench.had(torrent, 1);
  await bench.advance(5_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  peer.unchoke();
  await bench.advance(1_000);
  t.is(bench.takeNotices("pieces-wanted").length, 1);
});

test("pieces that a peer allows before the metadata are asked for only if we lack them", async (t) => {
  const bench = await WorkerBench.start();
  const early = await bench.openWithoutContent();
  const peer = await bench.meet(early, "a", undefined, withFast);
  peer.haveAll();
  peer.allowedFast(0);
  await bench.addContent(early, { had: "#..." });
  await bench.advance(5_000);
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
});

test("an unchoke is followed by a request for pieces at once, though few of the allowed ones were left", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "####", withFast);
  peer.allowedFast(1);
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1);
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 0);
  peer.unchoke();
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1);
});

test("a peer that unchokes us causes a question at once, though peers with only leased pieces caused none", async (t) => {
  const { bench, torrent } = await scene();
  const other = await bench.meet(torrent, "b", "####");
  const peer = await bench.meet(torrent, "a", "####", withFast);
  peer.allowedFast(1);
  await bench.settle();
  await bench.lease(torrent, [1]);
  bench.takeNotices();
  // At the first keep-alive the worker heeds the pieces that the peers have shown.
  for (let chunk = 0; chunk < 2; chunk++) {
    peer.keepAlive();
    // oxlint-disable-next-line no-await-in-loop
    await bench.settle();
  }
  t.deepEqual(bench.takeNotices("pieces-wanted"), []);
  other.unchoke();
  await bench.settle();
  t.is(bench.takeNotices("pieces-wanted").length, 1);
});

test("a choking peer whose allowed pieces are all leased gets the last blocks of a slower one", async (t) => {
  const { bench, torrent } = await scene();
  const slow = await bench.meetSeed(torrent, "b", "####");
  await bench.lease(torrent, [0]);
  t.is(slow.takeMessagesOf("request").length, 2);
  await bench.advance(3_000);
  bench.takeNotices();
  await bench.lease(torrent, [], { nothingFor: [0 as PeerRowIndex] });
  const fast = await bench.meet(torrent, "a", "####", withFast);
  fast.allowedFast(0);
  await bench.advance(1_000);
  t.deepEqual(fast.takeMessagesOf("request").toSorted(), [
    "request 0 0 16384",
    "request 0 16384 16384",
  ]);
});

test("an allowed piece that a choking peer rejects is requested after its unchoke", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "####", withFast);
  await bench.lease(torrent, [1]);
  peer.allowedFast(1);
  await bench.settle();
  peer.rejectAll(peer.takeMessagesOf("request"));
  await bench.advance(60_000);
  t.deepEqual(peer.takeMessagesOf("request"), []);
  peer.unchoke();
  await bench.settle();
  t.is(peer.takeMessagesOf("request").length, 2);
});

test("a suggested piece is opened before other leased pieces", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", "####", withFast);
  await bench.lease(torrent, [0, 1, 2]);
  peer.suggest(2);
  peer.unchoke();
  await bench.settle();
  t.is(peer.takeMessagesOf("request")[0], "request 2 0 16384");
});

test("a request that was taken back may be rejected, once", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meetSeed(torrent, "a", "####", withFast);
  await bench.lease(torrent, [1]);
  const requests = peer.takeMessagesOf("request");
  await bench.send("set-paused", { torrent: torrent.id, isPaused: true });
  t.is(peer.takeMessagesOf("cancel").length, 2);
  await bench.advance(140_000);
  peer.keepAlive();
  peer.rejectAll(requests);
  t.false(peer.isClosed);
  peer.rejectAll(requests.slice(0, 1));
  t.like(bench.takeNotice("peer-closed"), { reason: "reject-not-requested", isFault: true });
});

for (const [what, piece, begin, lengthBytes] of [
  ["of a block that was not requested", 2, 0, 16_384],
  ["of another length than requested", 1, 0, 16_383],
  ["of another place than requested", 1, 1, 16_384],
  ["beyond the last piece", 4, 0, 16_384],
  ["of no bytes behind the piece before a requested one", 0, 32_768, 0],
  ["of negative numbers", 0xffffffff, 0xffffffff, 0xffffffff],
] as const) {
  test(`case 55: a reject ${what} closes`, async (t) => {
    const { bench, torrent } = await scene();
    const peer = await bench.meetSeed(torrent, "a", "####", withFast);
    await bench.lease(torrent, [1]);
    peer.reject(piece, begin, lengthBytes);
    t.like(bench.takeNotice("peer-closed"), { reason: "reject-not-requested", isFault: true });
  });
}

test("case 55: a reject before the metadata closes", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openWithoutContent();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.reject(0, 0);
  t.like(bench.takeNotice("peer-closed"), { reason: "reject-not-requested", isFault: true });
});

for (const first of ["bitfield", "have-all", "have-none"] as const) {
  test(`case 42: have-none after ${first} closes, with and without metadata`, async (t) => {
    for (const isEarly of [false, true]) {
      const bench = await WorkerBench.start();
      const torrent = isEarly
        ? await bench.openWithoutContent()
        : await bench.openTorrent({ had: "...." });
      const peer = await bench.meet(torrent, "a", undefined, withFast);
      show(peer, first);
      t.false(peer.isClosed);
      peer.haveNone();
      t.like(bench.takeNotice("peer-closed"), { reason: "late-have-none", isFault: true });
    }
  });

  test(`have-all after ${first}, which aria2 sends instead of many haves, adds all pieces`, async (t) => {
    const { bench, torrent } = await scene();
    const peer = await bench.meet(torrent, "a", undefined, withFast);
    show(peer, first);
    peer.haveAll();
    t.false(peer.isClosed);
    t.deepEqual([...torrent.table.availability], [1, 1, 1, 1]);
  });

  test(`case 42: repeated have-all after ${first} closes`, async (t) => {
    for (const isEarly of [false, true]) {
      const bench = await WorkerBench.start();
      const torrent = isEarly
        ? await bench.openWithoutContent()
        : await bench.openTorrent({ had: "...." });
      const peer = await bench.meet(torrent, "a", undefined, withFast);
      show(peer, first);
      const counted = first === "bitfield" ? 1 : 0;
      for (let sent = counted; sent < 60; sent++) peer.haveAll();
      t.false(peer.isClosed);
      peer.haveAll();
      t.like(bench.takeNotice("peer-closed"), { reason: "bitfield-flood", isFault: true });
    }
  });
}

function show(peer: ScriptedPeer, first: "bitfield" | "have-all" | "have-none"): void {
  if (first === "bitfield") peer.bitfield("#...");
  else if (first === "have-all") peer.haveAll();
  else peer.haveNone();
}

test("a bitfield after have-none adds its pieces: aria2 sends it instead of many haves", async (t) => {
  const { bench, torrent } = await scene();
  const peer = await bench.meet(torrent, "a", undefined, withFast);
  peer.haveNone();
  peer.bitfield("##..");
  t.false(peer.isClosed);
  t.deepEqual([...torrent.table.availability], [1, 1, 0, 0]);
});

test("case 55: allowed and suggested pieces beyond the 64th are ignored; 10,000 messages a minute close", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: ".".repeat(200), pieceLengthBytes: 16_384 });
  const peer = await bench.meet(torrent, "a", "#".repeat(200), withFast);
  const session = bench.sessions(torrent)[0];
  const all = Array.from({ length: 200 }, (_, piece) => piece);
  peer.allowedFast(...all);
  peer.suggest(...all);
  t.is(session?.features.fast?.allowed.size, 64);
  t.is(session?.features.fast?.suggested.size, 64);
  for (let count = 0; count < 48; count++) peer.suggest(...all);
  t.false(peer.isClosed);
  peer.suggest(...all);
  t.like(bench.takeNotice("peer-closed"), { reason: "message-flood", isFault: true });
});
