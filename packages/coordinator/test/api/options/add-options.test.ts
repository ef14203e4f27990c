import test from "ava";
import { announceModes } from "@troupe/messages";
import { optionsOf } from "../../../src/api/job/restored-jobs.ts";
import { readMagnet } from "../../../src/api/job/load-metainfo.ts";
import { addRequest, beginStateOf, type AddOptions } from "../../../src/api/options/add-options.ts";
import { settingsOf } from "../../../src/job-settings.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

const loaded = { kind: "metainfo", metainfo: new Uint8Array(), source: "file" } as const;
const requestOf = (options: AddOptions) => addRequest(loaded, options, engineOptions({}));

test("a torrent announces in parallel unless its options say otherwise", (t) => {
  t.is(requestOf({}).announce, "parallel");
  t.is(requestOf({ announce: "all" }).announce, "all");
  t.throws(() => requestOf({ announce: "some" as "all" }), { code: "option-out-of-range" });
});

test("the recorded settings of a torrent give its way to announce again", (t) => {
  for (const announce of announceModes) {
    const settings = settingsOf(requestOf({ announce }), undefined);
    t.is(requestOf(optionsOf(settings)).announce, announce);
  }
});

test("uploads can be off, and a seed can choose the fastest peers; both come back from the record", (t) => {
  const request = requestOf({ upload: false, seedChoker: "fastest-upload" });
  t.like(request, { isUploadOff: true, seedChoker: "fastest-upload" });
  t.like(requestOf(optionsOf(settingsOf(request, undefined))), {
    isUploadOff: true,
    seedChoker: "fastest-upload",
  });
  const usual = settingsOf(requestOf({ upload: true }), undefined);
  t.false("isUploadOff" in usual || "seedChoker" in usual);
  t.throws(() => requestOf({ seedChoker: "some" as "round-robin" }), {
    code: "option-out-of-range",
  });
});

test("web seeds of the user are cleaned, and come back from the record", (t) => {
  const request = requestOf({ webSeeds: [" http://a.test/é#x "] });
  t.deepEqual(request.webSeeds, ["http://a.test/%C3%A9"]);
  t.deepEqual(requestOf(optionsOf(settingsOf(request, undefined))).webSeeds, request.webSeeds);
  t.false("webSeeds" in settingsOf(requestOf({}), undefined));
  for (const url of ["ftp://a.test/", "http://user@a.test/", "a", 7 as unknown as string]) {
    t.throws(() => requestOf({ webSeeds: [url] }), { code: "option-out-of-range" });
  }
  const many = Array.from({ length: 101 }, (_, at) => `http://a.test/${at}`);
  t.throws(() => requestOf({ webSeeds: many }), { code: "option-out-of-range" });
});

test("web seeds of a link whose .torrent is saved are not those of the user", (t) => {
  const { link } = readMagnet(`${magnet}&ws=http%3A%2F%2Fa.test%2F`);
  const request = addRequest({ ...loaded, link }, {}, engineOptions({}));
  t.deepEqual([request.webSeeds, request.linkWebSeeds], [undefined, ["http://a.test/"]]);
  t.false("webSeeds" in settingsOf(request, undefined));
});

test("AE5: a torrent is started unless `state` or `start` says otherwise", (t) => {
  t.is(beginStateOf({}), "started");
  t.is(beginStateOf({ start: false }), "stopped");
  for (const state of ["started", "paused", "stopped"] as const) {
    t.is(beginStateOf({ state }), state);
    t.is(beginStateOf({ state, start: state !== "stopped" }), state);
    t.throws(() => beginStateOf({ state, start: state === "stopped" }), {
      code: "option-out-of-range",
    });
  }
  t.throws(() => requestOf({ state: "active" as "started" }), { code: "option-out-of-range" });
});

test("super-seeding comes back from the record", (t) => {
  const request = requestOf({ superSeed: true });
  t.true(request.isSuperSeed);
  t.true(requestOf(optionsOf(settingsOf(request, undefined))).isSuperSeed);
  t.false("isSuperSeed" in settingsOf(requestOf({ superSeed: false }), undefined));
});

test("goals of seeding come back from the record", (t) => {
  const goals = { ratio: 1.5, seedSeconds: 60, idleSeconds: 10, until: "all" } as const;
  const request = requestOf({ goals });
  t.deepEqual(request.goals, goals);
  t.deepEqual(requestOf(optionsOf(settingsOf(request, undefined))).goals, goals);
  t.deepEqual(requestOf({ goals: { until: "any" } }).goals, {});
  t.false("goals" in settingsOf(requestOf({ goals: {} }), undefined));
});

test("goals that can never hold a torrent are refused", (t) => {
  const code = "option-out-of-range";
  for (const ratio of [0, -1, NaN, Infinity, "2" as unknown as number])
    t.throws(() => requestOf({ goals: { ratio } }), { code });
  for (const seconds of [0, 1.5, 1e12]) {
    t.throws(() => requestOf({ goals: { seedSeconds: seconds } }), { code });
    t.throws(() => requestOf({ goals: { idleSeconds: seconds } }), { code });
  }
  t.throws(() => requestOf({ goals: { until: "some" as "any" } }), { code });
  t.throws(() => requestOf({ goals: { share: 1 } as {} }), { code: "option-unknown" });
});

test("rate limits come back from the record", (t) => {
  const limits = { down: 1_000, up: 2_000, peerDown: 3_000, peerUp: 1e12 };
  const request = requestOf({ limits });
  t.deepEqual(request.limits, limits);
  t.deepEqual(requestOf(optionsOf(settingsOf(request, undefined))).limits, limits);
  t.false("limits" in settingsOf(requestOf({ limits: { down: 0 } }), undefined));
});

const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;

test("the request of a magnet has its link, and says whether a function of the program chooses the files", (t) => {
  const request = addRequest(readMagnet(magnet), { priorities: [1] }, engineOptions({}));
  t.like(request, { magnet, source: "file", mode: "download", priorities: [1] });
  t.false("metadataWait" in request);
  const choice = { priorities: () => [1] };
  t.like(addRequest(readMagnet(magnet), choice, engineOptions({})), {
    metadataWait: "function",
    priorities: undefined,
  });
  t.false("metainfo" in request);
  t.is(addRequest(readMagnet(magnet, "network"), {}, engineOptions({})).source, "network");
});

test("a magnet cannot be checked before its files are known", (t) => {
  t.throws(() => addRequest(readMagnet(magnet), { checkOnly: true }, engineOptions({})), {
    code: "metadata-unknown",
  });
});

test("trackers and peers of a link whose .torrent is saved are added, unless it came from the network", (t) => {
  const { link } = readMagnet(`${magnet}&tr=http%3A%2F%2Fa.test%2F&x.pe=192.0.2.1:80`);
  const own = { trackers: ["http://b.test/"], peers: [{ host: "192.0.2.2", port: 80 }] };
  const { extraTrackers, peers } = addRequest({ ...loaded, link }, own, engineOptions({}));
  t.deepEqual(extraTrackers, ["http://b.test/", "http://a.test/"]);
  t.deepEqual(
    peers.map(({ host }) => host),
    ["192.0.2.2", "192.0.2.1"],
  );
  const foreign = addRequest({ ...loaded, source: "network", link }, own, engineOptions({}));
  t.deepEqual([foreign.extraTrackers, foreign.peers], [own.trackers, own.peers]);
});

test("peers of such a link follow the rule of links on system ports of the local network", (t) => {
  const hosts = ["192.168.0.1:22", "router.example:80", "192.168.0.1:6881", "45.10.0.1:80"];
  const { link } = readMagnet(magnet + hosts.map((host) => `&x.pe=${host}`).join(""));
  const { peers } = addRequest({ ...loaded, link }, {}, engineOptions({}));
  t.deepEqual(
    peers.map(({ host, port }) => `${host}:${port}`),
    ["192.168.0.1:6881", "45.10.0.1:80"],
  );
});
