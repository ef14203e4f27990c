import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { makeAnnouncer, trackerStatus } from "../../src/torrent/torrent-announcer.ts";
import { makeScene, type JobOptions } from "../support/engine-scene.ts";

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

test("extra trackers come first, each a tier of its own", (t) => {
  const { job } = scene(
    { trackers: [["http://c/announce"]] },
    { extraTrackers: ["http://a/announce", "http://b/announce"] },
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
    trackers: [["udp://a:1/announce", "http://b/announce"], ["wss://c/announce"]],
  });
  t.deepEqual(
    trackerStatus(job).map(({ url }) => url),
    ["http://b/announce"],
  );
  gather();
  const [event] = events();
  t.is(event?.event === "warning" && event.code, "tracker-scheme-unsupported");
  t.regex((event?.event === "warning" && event.message) || "", /^2 of 3 /);
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
  const { announce, http } = scene({ trackers: [["http://a/announce"]] }, { useTrackers: false });
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

test("an announce has our port, key and `left`", async (t) => {
  const { announce, http } = scene({ trackers: [["http://a/announce"]] });
  await announce(peers);
  const query = new URL(http.requests[0]?.url ?? "").searchParams;
  t.deepEqual(
    ["port", "key", "left", "downloaded"].map((name) => query.get(name)),
    ["6881", "00c0ffee", String(4 * 32_768), "0"],
  );
});
