import test from "ava";
import { readMagnet } from "../../../src/api/job/load-metainfo.ts";
import {
  addRequest,
  beginStateOf,
  withRecordedNames,
} from "../../../src/api/options/add-options.ts";
import type { AddOptions } from "../../../src/api/options/generated/torrent-options.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

const loaded = { kind: "metainfo", metainfo: new Uint8Array(), source: "file" } as const;
const requestOf = (options: AddOptions) => addRequest(loaded, options, engineOptions({}));

const code = "option-out-of-range";

test("a request has the settings that were set, and no others", (t) => {
  t.deepEqual(requestOf({}).settings, {});
  const settings = {
    announce: "all",
    maxPeers: 200,
    upload: true,
    seedChoker: "fastest-upload",
    superSeed: false,
  } as const;
  t.deepEqual(requestOf(settings).settings, settings);
  t.deepEqual(requestOf({ maxPeers: undefined } as object).settings, {});
  t.throws(() => requestOf({ announce: "some" as "all" }), { code });
  t.throws(() => requestOf({ seedChoker: "some" as "round-robin" }), { code });
  t.throws(() => requestOf({ upload: 0 as unknown as boolean }), { code });
});

test("the settings of a record hold unless the options say otherwise", (t) => {
  const recorded = { maxPeers: 9, "goals.ratio": 2, seedOnly: true };
  const options = { maxPeers: 7 };
  const request = addRequest(loaded, options, engineOptions({}), undefined, recorded);
  t.deepEqual(request.settings, { ...recorded, maxPeers: 7 });
  const replaced = { goals: { seedSeconds: 60 } };
  const { settings } = addRequest(loaded, replaced, engineOptions({}), undefined, recorded);
  t.deepEqual(settings, { maxPeers: 9, seedOnly: true, "goals.seedSeconds": 60 });
  t.is(request.mode, "seed-only");
});

test("L09: a torrent lies in the folder that is named, else in that of its group, else in the coordinator's", (t) => {
  const groups = { films: { directory: "/films" }, books: {} };
  const engine = engineOptions({ directory: "/usual", groups });
  const folderOf = (options: AddOptions, recorded = {}) =>
    addRequest(loaded, options, engine, undefined, recorded).directory;
  t.is(folderOf({}), "/usual");
  t.is(folderOf({ group: "films" }), "/films");
  t.is(folderOf({}, { group: "films" }), "/films");
  t.is(folderOf({ group: "books" }), "/usual");
  t.is(folderOf({ group: "unknown" }), "/usual");
  t.is(folderOf({ group: "films", directory: "/named" }), "/named");
  const changed = { ...engine, settings: { ...engine.settings, directory: "/later" } };
  t.is(addRequest(loaded, {}, changed).directory, "/later");
  t.is(addRequest(loaded, { group: "films" }, changed).directory, "/films");
});

test("web seeds of the user are cleaned", (t) => {
  const request = requestOf({ webSeeds: [" http://a.test/é#x "] });
  t.deepEqual(request.settings, { webSeeds: ["http://a.test/%C3%A9"] });
  for (const url of ["ftp://a.test/", "http://user@a.test/", "a", 7 as unknown as string]) {
    t.throws(() => requestOf({ webSeeds: [url] }), { code });
  }
  const many = Array.from({ length: 101 }, (_, at) => `http://a.test/${at}`);
  t.throws(() => requestOf({ webSeeds: many }), { code });
});

test("web seeds of a link whose .torrent is saved are not those of the user", (t) => {
  const { link } = readMagnet(`${magnet}&ws=http%3A%2F%2Fa.test%2F`);
  const request = addRequest({ ...loaded, link }, {}, engineOptions({}));
  t.deepEqual([request.settings, request.linkWebSeeds], [{}, ["http://a.test/"]]);
});

test("AE5: a torrent is started unless `state` or `start` says otherwise", (t) => {
  t.is(beginStateOf({}), "started");
  t.is(beginStateOf({ start: false }), "stopped");
  for (const state of ["started", "paused", "stopped"] as const) {
    t.is(beginStateOf({ state }), state);
    t.is(beginStateOf({ state, start: state !== "stopped" }), state);
    t.throws(() => requestOf({ state, start: state === "stopped" }), { code });
  }
  t.throws(() => requestOf({ state: "active" as "started" }), { code: "option-out-of-range" });
});

test("goals and limits are settings one by one", (t) => {
  const goals = { ratio: 1.5, seedSeconds: 60, until: "all" } as const;
  const request = requestOf({ goals, limits: { down: 0, peerUp: 1e12 } });
  t.deepEqual(request.settings, {
    ...{ "goals.ratio": 1.5, "goals.seedSeconds": 60, "goals.until": "all" },
    ...{ "limits.down": 0, "limits.peerUp": 1e12 },
  });
});

test("limits are whole bytes a second within their bounds", (t) => {
  for (const down of [999, -1, 1.5, NaN, 2e12, "5000" as unknown as number])
    t.throws(() => requestOf({ limits: { down } }), { code }, String(down));
  t.throws(() => requestOf({ limits: { speed: 1 } as {} }), { code: "option-unknown" });
});

test("goals that can never hold a torrent are refused", (t) => {
  for (const ratio of [0, -1, NaN, Infinity, "2" as unknown as number])
    t.throws(() => requestOf({ goals: { ratio } }), { code });
  for (const seconds of [0, 1.5, 1e12]) {
    t.throws(() => requestOf({ goals: { seedSeconds: seconds } }), { code });
    t.throws(() => requestOf({ goals: { idleSeconds: seconds } }), { code });
  }
  t.throws(() => requestOf({ goals: { until: "some" as "any" } }), { code });
  t.throws(() => requestOf({ goals: { share: 1 } as {} }), { code: "option-unknown" });
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

test("the time of peers for hash layers is 0 to 600 s, and is left out by default", (t) => {
  const timeOf = (layersWithinSeconds: number) => requestOf({ layersWithinSeconds }).layersWithinMs;
  t.deepEqual([0, 1, 600].map(timeOf), [undefined, 1_000, 600_000]);
  t.false("layersWithinMs" in requestOf({}));
  for (const wrong of [-1, 0.5, 601]) t.throws(() => timeOf(wrong), { code });
});

test("a magnet cannot be checked before its files are known", (t) => {
  t.throws(() => addRequest(readMagnet(magnet), { checkOnly: true }, engineOptions({})), {
    code: "metadata-unknown",
  });
});

test("trackers and peers of a link whose .torrent is saved are added, unless it came from the network", (t) => {
  const { link } = readMagnet(`${magnet}&tr=http%3A%2F%2Fa.test%2F&x.pe=192.0.2.1:80`);
  const own = { trackers: ["http://b.test/"], peers: [{ host: "192.0.2.2", port: 80 }] };
  const { settings, peers } = addRequest({ ...loaded, link }, own, engineOptions({}));
  t.deepEqual(settings.trackers, ["http://b.test/", "http://a.test/"]);
  t.deepEqual(
    peers.map(({ host }) => host),
    ["192.0.2.2", "192.0.2.1"],
  );
  const foreign = addRequest({ ...loaded, source: "network", link }, own, engineOptions({}));
  t.deepEqual([foreign.settings.trackers, foreign.peers], [own.trackers, own.peers]);
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

test("L13, E10, E11: names on record hold in place of the options, and new renames join those on record", (t) => {
  const options = {
    layout: "folder",
    partSuffix: ".x",
    maxPeers: 7,
    renames: [{ from: "c", to: "d" }],
  } as const;
  const asked = addRequest(readMagnet(magnet), options, engineOptions({}));
  t.is(withRecordedNames(asked, undefined), asked);
  const recorded = { renames: [{ from: "a", to: "b" }] };
  t.deepEqual(withRecordedNames(asked, recorded).settings, {
    maxPeers: 7,
    renames: [...recorded.renames, ...options.renames],
  });
  t.deepEqual(withRecordedNames(asked, { layout: "own" }).settings, {
    maxPeers: 7,
    layout: "own",
    renames: options.renames,
  });
});
