import test from "ava";
import { ManualTime, seededRandom } from "@troupe/actor-runtime/testing";
import type { InfoHash } from "@troupe/protocol/units";
import { Announcers } from "../../src/trackers/announcers.ts";
import { TrackerTransports } from "../../src/trackers/tracker-transport.ts";
import { makeTransportLimits } from "../../src/trackers/transport-limits.ts";
import { FakeHttp } from "../support/fake-http.ts";

const first = "1".repeat(40) as InfoHash;
const second = "2".repeat(40) as InfoHash;
const answer = "d8:completei3e10:incompletei4e8:intervali1800e5:peers6:\x08\x00\x00\x01\x1a\xe1e";
const refusal = "d14:failure reason7:unknowne";

type Hashes = readonly [InfoHash, ...InfoHash[]];

/** A hybrid at the tracker `a`, unless it has one hash; the hashes that the tracker refuses. */
function scene({
  hashes = [first, second] as Hashes,
  isPrivate = false,
  refused = [] as readonly InfoHash[],
} = {}) {
  const time = new ManualTime();
  const http = new FakeHttp();
  const udpTrackers = { announce: unused, findAnswering: unused, isSilent: () => false };
  const limits = makeTransportLimits(150, { clock: time, timers: time });
  const parts = { http, names: { resolve: unused, resolveAllowed: unused }, udpTrackers, limits };
  const transport = new TrackerTransports({ ...parts, clock: time });
  http.respond = ({ url, reply }) => reply(refused.includes(hashOf(url)) ? refusal : answer);
  const counters = { uploaded: 5, downloaded: 6, left: 7 };
  const answered: string[] = [];
  const failures: string[] = [];
  const trackers = { tiers: [["http://a/announce"]], mode: "parallel" as const, isPrivate };
  const announcers = new Announcers(trackers, hashes, (hash) => {
    let turned = false;
    return {
      ...{ transport, clock: time, timers: time, random: seededRandom(1) },
      families: [4, 6],
      identity: () => ({
        infoHash: turned ? second : hash,
        peerId: new Uint8Array(20),
        port: 6_881,
        key: "00c0ffee",
      }),
      turnHash: () => {
        const isTurn = !turned && hashes.length > 1;
        turned = isTurn;
        return isTurn;
      },
      isSeed: () => false,
      isPartialSeed: () => false,
      counters: () => ({ ...counters }),
      needsPeers: () => false,
      isOwn: () => false,
      answered: () => void answered.push(hash),
      failed: (_, code) => void failures.push(`${hash.slice(0, 1)} ${code}`),
      fail: (error) => {
        throw error;
      },
    };
  });
  /** `1 started 5 6 7`: the hash, the event and the totals of each announce. */
  const story = () =>
    http.requests.map(({ url }) => {
      const { searchParams } = new URL(url);
      const totals = ["uploaded", "downloaded", "left"].map((name) => searchParams.get(name));
      return [hashOf(url)[0], searchParams.get("event") ?? "-", ...totals].join(" ");
    });
  return { announcers, answered, counters, failures, http, story, time, trackers };
}

function unused(): never {
  throw new Error("not part of this test");
}

/** @returns The info-hash of an announce. Its bytes are characters of their own, because they are no letters of UTF-8. */
function hashOf(url: string): InfoHash {
  const digits = /info_hash=([^&]*)/.exec(url)?.[1] ?? "";
  const text = digits.replaceAll(/%([0-9a-f]{2})|(.)/gi, (_, escaped?: string, plain?: string) =>
    escaped === undefined ? Buffer.from(plain ?? "").toString("hex") : escaped.toLowerCase(),
  );
  return text as InfoHash;
}

test("A16: a public torrent is announced by each hash, with the same totals", async (t) => {
  const { announcers, counters, story, time } = scene();
  announcers.start();
  await time.pass(0);
  t.deepEqual(story(), ["1 started 0 0 7", "2 started 0 0 7"]);
  Object.assign(counters, { uploaded: 105, downloaded: 13, left: 0 });
  announcers.completed();
  await time.pass(0);
  t.deepEqual(story().slice(2), ["1 completed 100 7 0", "2 completed 100 7 0"]);
  await announcers.stop();
  t.deepEqual(story().slice(4), ["1 stopped 100 7 0", "2 stopped 100 7 0"]);
});

test("A16: a private torrent is announced by its first hash alone", async (t) => {
  const { announcers, story, time } = scene({ isPrivate: true });
  announcers.start();
  await time.pass(3_600_000);
  t.deepEqual(new Set(story().map((line) => line[0])), new Set(["1"]));
});

test("A16: a private torrent is announced by its second hash where the first is refused", async (t) => {
  const { announcers, failures, story, time } = scene({ isPrivate: true, refused: [first] });
  announcers.start();
  await time.pass(0);
  t.deepEqual(story(), ["1 started 0 0 7", "2 started 0 0 7"]);
  await time.pass(3_600_000);
  t.deepEqual(
    new Set(
      story()
        .slice(2)
        .map((line) => line[0]),
    ),
    new Set(["2"]),
  );
  t.deepEqual(failures, []);
});

test("a private torrent whose tracker refuses both hashes fails once a round", async (t) => {
  const { announcers, failures, story, time } = scene({
    ...{ isPrivate: true, refused: [first, second] },
  });
  announcers.start();
  await time.pass(0);
  t.is(story().length, 2);
  t.deepEqual(failures, ["1 tracker-refused"]);
});

test("a tracker works if it takes one hash, and has one row with the larger counts", async (t) => {
  const { announcers, time } = scene({ refused: [first] });
  announcers.start();
  await time.pass(0);
  const [row, ...others] = announcers.status();
  t.deepEqual(others, []);
  t.like(row, { url: "http://a/announce", isWorking: true, complete: 3, incomplete: 4, peers: 1 });
  t.false(announcers.takesFirst("http://a/announce"));
});

test("the row of a tracker has the failure of the hash that was asked, if none works", async (t) => {
  const { announcers, http, time } = scene();
  http.respond = ({ url, reply }) => void (hashOf(url) === second && reply(refusal));
  announcers.start();
  await time.pass(0);
  t.like(announcers.status(), [
    { url: "http://a/announce", isWorking: false, errorCode: "tracker-refused" },
  ]);
});

test("a hash that the metadata names is announced, and the other goes on", async (t) => {
  const { announcers, story, time, trackers } = scene({ hashes: [second] });
  announcers.start();
  await time.pass(0);
  announcers.follow(trackers, [first, second]);
  await time.pass(0);
  t.deepEqual(story(), ["2 started 0 0 7", "1 started 0 0 7"]);
});

test("a torrent that turns out private leaves its second hash with `stopped`", async (t) => {
  const { announcers, story, time, trackers } = scene();
  announcers.start();
  await time.pass(0);
  announcers.follow({ ...trackers, isPrivate: true }, [first, second]);
  await time.pass(0);
  t.deepEqual(story().slice(2), ["2 stopped 0 0 7"]);
  await announcers.stop();
  t.deepEqual(story().slice(3), ["1 stopped 0 0 7"]);
});

test("an announce that the user wants goes out by each hash, and a refusal names the longer wait", async (t) => {
  const { announcers, http, story, time } = scene();
  t.is(announcers.request(), undefined);
  http.respond = ({ url, reply }) =>
    reply(
      answer.replace("5:peers", `12:min intervali${hashOf(url) === first ? 300 : 400}e5:peers`),
    );
  announcers.start();
  await time.pass(100_000);
  t.deepEqual(announcers.request(), [{ url: "http://a/announce", inSeconds: 300 }]);
  await time.pass(300_000);
  t.deepEqual(announcers.request(), [{ url: "http://a/announce", inSeconds: 0 }]);
  await time.pass(0);
  t.deepEqual(story().slice(2), ["1 - 0 0 7", "2 - 0 0 7"]);
});
