import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import {
  announceNow,
  followMetadata,
  makeAnnouncer,
  tierStatus,
  trackerStatus,
} from "../../src/torrent/torrent-announcer.ts";
import type { InfoHashV2 } from "@troupe/protocol/identity";
import type { PieceIndex } from "@troupe/protocol/units";
import { changeSettings } from "../../src/engine/settings/change-settings.ts";
import { setPriorities } from "../../src/torrent/pieces/set-priorities.ts";
import { piece } from "../support/diagrams.ts";
import { changeJob, at, makeScene, type JobOptions } from "../support/engine-scene.ts";

function scene(options: JobOptions, request: object = {}) {
  const made = makeScene();
  const job = made.addJob(options);
  Object.assign(job.request, request);
  job.announcer = makeAnnouncer(made.engine, job);
  return {
    ...made,
    job,
    async announce(answer: string) {
      made.http.respond = (one) => one.reply(answer);
      job.announcer?.start();
      await made.time.pass(0);
      await settle();
      made.gather();
    },
  };
}

const peers = "d8:intervali1800e5:peers12:\x08\x00\x00\x01\x1a\xe1\x7f\x00\x00\x01\x1a\xe2e";

test("addresses of a tracker are dialled at once", async (t) => {
  const { announce, ref, events } = scene({ trackers: [["http://tracker.example/announce"]] });
  await announce(peers);
  t.deepEqual(
    ref(0)
      .casts("dial")
      .map(({ host }) => host),
    ["8.0.0.1"],
    "a tracker of the internet names no address of this machine",
  );
  t.deepEqual(events(), [
    { event: "tracker", url: "http://tracker.example/announce", ok: true, peers: 2 },
  ]);
});

test("a tracker's reply dials addresses of its own torrent only", async (t) => {
  const { addJob, announce, ref } = scene({ trackers: [["http://tracker.example/announce"]] });
  const other = addJob({});
  other.directory.add("8.0.0.2", 6881, "tracker-internet");
  await announce(peers);
  t.deepEqual(
    ref(0)
      .casts("dial")
      .map(({ host }) => host),
    ["8.0.0.1"],
  );
});

test("a complete torrent keeps to the tracker's interval until another file is wanted", async (t) => {
  const pieceBytes = 32_768;
  const { announce, engine, http, job, time } = scene({
    trackers: [["http://tracker.example/announce"]],
    pieces: 2,
    files: [pieceBytes, pieceBytes],
    priorities: [1, 0],
  });
  job.content.ledger.toHad(piece(0));
  await announce("d8:intervali1800e5:peers0:e");
  await time.pass(600_000);
  t.is(http.requests.length, 1);

  setPriorities(engine, job, { torrent: job.id, priorities: [{ file: 1, priority: 1 }] });
  await time.pass(0);
  t.is(http.requests.length, 2);
});

test("a local tracker may name local peers", async (t) => {
  const { announce, ref } = scene({ trackers: [["http://127.0.0.1:6969/announce"]] });
  await announce(peers);
  t.is(ref(0).casts("dial").length, 2);
});

test("a tracker whose name leads to a local address may name local peers", async (t) => {
  const { job, http, time, ref } = scene({ trackers: [["http://tracker.lan/announce"]] });
  http.respond = (request) => request.replyFrom("192.168.0.9", peers);
  job.announcer?.start();
  await time.pass(0);
  t.is(ref(0).casts("dial").length, 2);
});

test("our address as trackers of five networks see it is ours (BEP 24)", async (t) => {
  const urls = [1, 2, 3, 4, 5].map((n) => `http://tracker${n}.example/announce`);
  const { announce, engine, http, job, time } = scene(
    { trackers: urls.map((url) => [url]) },
    { settings: { announce: "all" } },
  );
  await announce("d8:intervali1800e5:peers0:e");
  t.is(engine.network.ownAddresses.addressOf(4), undefined);
  http.respond = (request) =>
    request.replyFrom(
      `8.0.${/tracker(.)/.exec(request.url)?.[1]}.1`,
      "d11:external ip4:\x08\x09\x0a\x0b8:intervali1800e5:peers0:e",
    );
  job.announcer?.announceForPeers();
  await time.pass(3_600_000);
  t.is(engine.network.ownAddresses.addressOf(4), "8.9.10.11");
});

test("the refusal of a tracker is reported with its text", async (t) => {
  const { announce, events } = scene({ trackers: [["http://a/announce"]] });
  await announce("d14:failure reason12:unregisterede");
  const [event] = events();
  t.is(event?.event === "tracker" && event.ok, false);
  t.regex((event?.event === "tracker" && event.error) || "", /unregistered.*\[tracker-refused\]/);
});

test("a tracker's warning is passed on", async (t) => {
  const { announce, events } = scene({ trackers: [["http://a/announce"]] });
  await announce("d8:intervali1800e5:peers0:15:warning message4:soone");
  t.deepEqual(events().at(-1), { event: "warning", code: "tracker-warning", message: "soon" });
});

test("A16: a failure of the second hash of a hybrid alone is a warning, once in a row of failures", async (t) => {
  const { engine, events, gather, http, job, time } = scene({
    trackers: [["http://a/announce"]],
  });
  job.learnHashes({ v1: job.infoHash, v2: "b".repeat(64) as InfoHashV2 });
  job.announcer = makeAnnouncer(engine, job);
  const isSecond = ({ url }: { readonly url: string }) => /info_hash=(?:%bb){20}/i.test(url);
  const warnings = () => {
    gather();
    return events().flatMap((event) => (event.event === "warning" ? [event.code] : []));
  };
  const announced = () => http.requests.filter(isSecond).length;
  http.respond = (one) =>
    isSecond(one) ? one.fail("http-timeout") : one.reply("d8:intervali1800e5:peers0:e");
  job.announcer.start();
  await time.pass(7_200_000);
  t.true(announced() > 2);
  t.deepEqual(warnings(), ["tracker-hash-failed"]);
  http.respond = (one) => one.reply("d8:intervali1800e5:peers0:e");
  await time.pass(7_200_000);
  http.respond = (one) =>
    isSecond(one) ? one.fail("http-timeout") : one.reply("d8:intervali1800e5:peers0:e");
  await time.pass(7_200_000);
  t.deepEqual(warnings(), ["tracker-hash-failed", "tracker-hash-failed"]);
  t.false(events().some((event) => event.event === "tracker" && !event.ok));
});

test("A16: a tracker that does not know the second hash of a hybrid works without a warning", async (t) => {
  const { engine, events, gather, http, job, time } = scene({
    trackers: [["http://a/announce"]],
  });
  job.learnHashes({ v1: job.infoHash, v2: "b".repeat(64) as InfoHashV2 });
  job.announcer = makeAnnouncer(engine, job);
  http.respond = ({ reply, url }) =>
    reply(/%bb%bb/i.test(url) ? "d14:failure reason7:unknowne" : "d8:intervali1800e5:peers0:e");
  job.announcer.start();
  await time.pass(7_200_000);
  gather();
  t.true(http.requests.some(({ url }) => /%bb%bb/i.test(url)));
  t.false(events().some(({ event }) => event === "warning"));
});

test("extra trackers come first, each a tier of its own", (t) => {
  const { job } = scene(
    { trackers: [["http://c/announce"]] },
    { settings: { trackers: ["http://a/announce", "http://b/announce"] } },
  );
  t.deepEqual(
    trackerStatus(job).map(({ url, tier }) => [new URL(url).host, tier]),
    [
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ],
  );
});

test("trackers with an unsupported scheme are left out, with a warning", (t) => {
  const { job, gather, events } = scene({
    trackers: [["udp://a:1/announce", "ws://b/announce"], ["wss://c/announce"]],
  });
  t.deepEqual(
    trackerStatus(job).map(({ url }) => url),
    ["udp://a:1/announce"],
  );
  gather();
  const [event] = events();
  t.is(event?.event === "warning" && event.code, "tracker-scheme-unsupported");
  t.regex((event?.event === "warning" && event.message) || "", /^2 of 3 /);
});

const own = "http://own/announce";
const ofUser = "http://user/announce";
const listed = "http://listed/announce";

test("a private torrent announces only to its own trackers, with a warning about those of its user", async (t) => {
  for (const isPrivate of [true, false]) {
    const made = makeScene();
    const job = made.addJob({ trackers: [[own]] });
    Object.assign(job.content.metainfo, { isPrivate });
    Object.assign(job.request, { settings: { trackers: [ofUser] } });
    job.announcer = makeAnnouncer(made.engine, job);
    job.announcer.start();
    await made.time.pass(60_000);
    made.gather();
    const asked = made.http.story.filter((line) => line.startsWith("user")).length;
    const warnings = made.events().filter(({ event }) => event === "warning");
    t.deepEqual(
      warnings.map((event) => event.event === "warning" && event.code),
      isPrivate ? ["tracker-not-for-private"] : [],
    );
    t.is(asked > 0, !isPrivate);
    t.is(tierStatus(job).length, isPrivate ? 1 : 2);
  }
});

test("L03: public torrents announce to the default trackers behind their own, and a change reaches running ones", async (t) => {
  const made = makeScene();
  const [open, closed] = [made.addJob({ trackers: [[own]] }), made.addJob({ trackers: [[own]] })];
  Object.assign(closed.content.metainfo, { isPrivate: true });
  made.http.respond = (request) => request.reply(peers);
  changeSettings(made.engine, { changes: { defaultTrackers: [own, ofUser] } });
  for (const job of [open, closed]) {
    job.announcer = makeAnnouncer(made.engine, job);
    job.announcer.start();
  }
  const urlsOf = (job: typeof open) => tierStatus(job).flatMap(({ urls }) => urls);
  t.deepEqual(urlsOf(open), [own, ofUser]);
  t.deepEqual(urlsOf(closed), [own]);
  await made.time.pass(0);
  changeSettings(made.engine, { changes: { defaultTrackers: null, listedTrackers: [listed] } });
  await made.time.pass(5_000);
  t.deepEqual(urlsOf(open), [own, listed]);
  t.deepEqual(urlsOf(closed), [own]);
  const others = made.http.story.filter((line) => !line.startsWith("own"));
  t.deepEqual(others.toSorted(), ["listed started", "user started", "user stopped"]);
});

test("L03: a magnet that turns out private leaves the default trackers and their peers", async (t) => {
  const made = makeScene();
  const job = made.addJob({ trackers: [[own]] });
  changeSettings(made.engine, { changes: { defaultTrackers: [listed] } });
  made.http.respond = (request) => request.reply(peers);
  job.announcer = makeAnnouncer(made.engine, job);
  job.announcer.start();
  await made.time.pass(0);
  job.directory.ownTrackers = new Set([own]);
  job.directory.add("45.10.3.1", 6881, "tracker-internet", listed);
  Object.assign(job.content.metainfo, { isPrivate: true });
  followMetadata(made.engine, job);
  await made.time.pass(5_000);
  t.false(job.directory.has("45.10.3.1", 6881));
  const toListed = made.http.story.filter((line) => line.startsWith("listed"));
  t.deepEqual(toListed, ["listed started", "listed stopped"]);
});

test("a magnet that turns out private leaves the trackers of its user, with `stopped`", async (t) => {
  const made = makeScene();
  const job = made.addJob({ trackers: [[own]] });
  Object.assign(job.request, { settings: { trackers: [ofUser] } });
  made.http.respond = (request) => request.reply(peers);
  job.announcer = makeAnnouncer(made.engine, job);
  job.announcer.start();
  await made.time.pass(0);
  t.deepEqual(made.http.story.toSorted(), ["own started", "user started"]);
  Object.assign(job.content.metainfo, { isPrivate: true });
  followMetadata(made.engine, job);
  await made.time.pass(3 * 3_600_000);
  const toUser = made.http.story.filter((line) => line.startsWith("user"));
  const toOwn = made.http.story.filter((line) => line.startsWith("own"));
  t.deepEqual(toUser, ["user started", "user stopped"]);
  t.deepEqual(toOwn.slice(0, 3), ["own started", "own -", "own -"]);
});

test("a scheme in capitals is the same scheme", (t) => {
  const { job, events } = scene({ trackers: [["HTTP://tracker.example/announce"]] });
  t.deepEqual(
    trackerStatus(job).map(({ url }) => url),
    ["HTTP://tracker.example/announce"],
  );
  t.deepEqual(events(), []);
});

test("without trackers no announce is made", async (t) => {
  const { announce, http } = scene(
    { trackers: [["http://a/announce"]] },
    { settings: { useTrackers: false } },
  );
  await announce(peers);
  t.is(http.requests.length, 0);
});

test("before the first start the status has no trackers", (t) => {
  const { engine, addJob } = makeScene();
  t.is(engine.network.port, 6881);
  t.deepEqual(trackerStatus(addJob({ trackers: [["http://a/"]] })), []);
});

test("AE16: the tracker gets `left` of the whole torrent, wanted or not", async (t) => {
  const files = [32_768, 3 * 32_768];
  const { announce, http, job } = scene({
    files,
    priorities: [1, 0],
    trackers: [["http://a/announce"]],
  });
  await announce(peers);
  t.is(job.content.ledger.leftBytes, 32_768);
  const { searchParams } = new URL(http.requests[0]?.url ?? "");
  t.is(searchParams.get("left"), String(4 * 32_768));
});

test("B08: a super-seed announces to trackers that nothing is left", async (t) => {
  const { announce, engine, http, job } = scene({ trackers: [["http://a/announce"]] });
  for (let piece = 0; piece < 4; piece++) job.content.ledger.toHad(piece as PieceIndex);
  changeJob(engine, job, { superSeed: true });
  t.true(job.superSeed.isOn);
  await announce(peers);
  const { searchParams } = new URL(http.requests[0]?.url ?? "");
  t.deepEqual([searchParams.get("left"), searchParams.get("event")], ["0", "started"]);
});

test("an announce has our port, key and `left`", async (t) => {
  const { announce, http } = scene({ trackers: [["http://a/announce"]] });
  await announce(peers);
  const query = new URL(http.requests[0]?.url ?? "").searchParams;
  t.deepEqual(
    ["port", "key", "left", "downloaded"].map((name) => query.get(name)),
    ["6881", "00c0ffee", String(4 * 32_768), "0"],
  );
});

const [dead, live, other] = [
  "http://dead/announce",
  "http://live/announce",
  "http://other/announce",
];
const counted =
  "d8:completei5e10:incompletei6e8:intervali1800e5:peers6:\x08\x00\x00\x01\x1a\xe1" +
  "6:peers618:\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x1a\xe1e";

test("AE23: a tier has the counts and addresses of its last reply, failures in a row, and its trackers", async (t) => {
  const { job, http, time } = scene({ trackers: [[dead, live], [other]] });
  const first = () => at(tierStatus(job), 0);
  let isLive = true;
  http.respond = (request) => {
    if (isLive && request.url.startsWith(live)) request.reply(counted);
    else request.fail("ECONNREFUSED");
  };
  const pass = async (ms: number) => {
    await time.pass(ms);
    await settle();
    await time.pass(0);
  };
  job.announcer?.start();
  await pass(0);
  const { urls, trackers, ...figures } = first();
  t.deepEqual(figures, {
    complete: 5,
    failures: 0,
    incomplete: 6,
    peers: Uint8Array.of(8, 0, 0, 1, 0x1a, 0xe1),
    peers6: Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x1a, 0xe1),
  });
  t.deepEqual(urls, [live, dead], "a tracker that replied goes first");
  t.like(at(trackers, 0), { url: live, isWorking: true, complete: 5, incomplete: 6, peers: 2 });
  t.is(at(trackers, 1).isWorking, false);
  t.deepEqual(at(tierStatus(job), 1).urls, [other], "tiers keep their order");
  isLive = false;
  await pass(1_800_000);
  const { failures } = first();
  t.true(failures > 0);
  await pass(1_800_000);
  t.true(first().failures > failures);
  t.is(first().complete, 5);
  isLive = true;
  await pass(1_800_000);
  t.is(first().failures, 0);
});

test("a torrent that was never started has its tiers without results", (t) => {
  const { addJob } = makeScene();
  const job = addJob({ trackers: [[dead, live], ["udp://other:1"]] });
  const tiers = tierStatus(job);
  t.deepEqual(
    tiers.map(({ urls }) => urls),
    [[dead, live], ["udp://other:1"]],
  );
  t.like(at(tiers, 0), { complete: 0, failures: 0, incomplete: 0, peers: new Uint8Array(0) });
  t.like(at(at(tiers, 1).trackers, 0), { url: "udp://other:1", tier: 1, isWorking: false });
});

test("L02: tiers that the user sets replace all trackers, and the torrent's own come back", async (t) => {
  const { engine, http, job, announce, time } = scene({ trackers: [[own]] });
  await announce("d8:intervali1800e5:peers0:e");
  changeJob(engine, job, { trackerTiers: [[ofUser]] });
  await time.pass(1_000);
  t.deepEqual(http.story, ["own started", "own stopped", "user started"]);
  t.deepEqual(
    trackerStatus(job).map(({ url }) => url),
    [ofUser],
  );
  changeJob(engine, job, { trackerTiers: null });
  await time.pass(1_000);
  t.deepEqual(http.story.slice(3), ["user stopped", "own started"]);
  changeJob(engine, job, { useTrackers: false });
  await time.pass(1_000);
  t.deepEqual(http.story.slice(5), ["own stopped"]);
});

test("L02: a private torrent whose trackers change leaves its peers, with a warning", async (t) => {
  const { announce, engine, events, gather, job, ref } = scene({ trackers: [[own]] });
  Object.assign(job.content.metainfo, { isPrivate: true });
  await announce(peers);
  t.is(job.directory.size, 1);
  changeJob(engine, job, { announce: "all" });
  t.is(job.directory.size, 1, "the trackers are the same");
  changeJob(engine, job, { trackerTiers: [[ofUser]] });
  gather();
  t.is(job.directory.size, 0);
  const warnings = events().filter(({ event }) => event === "warning");
  t.like(warnings, [{ code: "private-trackers-changed" }]);
  t.deepEqual(ref(0).casts("close-peer"), []);
});

test("L01: a torrent that is not started announces nothing", (t) => {
  const made = makeScene();
  const job = made.addJob({ trackers: [[own]] });
  t.like(announceNow(made.engine, job), { refused: "not-running" });
});

test("the swarm has the counts of the last replies, until the trackers change", async (t) => {
  const { announce, engine, job } = scene({ trackers: [["http://a/announce"]] });
  t.deepEqual(job.swarmCounts, {});
  await announce("d8:completei3e10:incompletei4e8:intervali1800e5:peers0:e");
  t.deepEqual(job.swarmCounts, { seeds: 3, leechers: 4 });
  changeJob(engine, job, { trackerTiers: [["http://b/announce"]] });
  t.deepEqual(job.swarmCounts, {});
});
