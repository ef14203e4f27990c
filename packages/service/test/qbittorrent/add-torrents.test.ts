import { TroupeError } from "@troupe/control";
import test from "ava";
import { fieldPart, filePart, QbittorrentClient } from "../support/qbittorrent-client.ts";

const magnet = `magnet:?xt=urn:btih:${"ab".repeat(20)}`;
const bytes = new TextEncoder().encode("d4:infod4:name1:aee");
const metainfo = Buffer.from(bytes).toString("base64");
const file = filePart("torrents", "a.torrent", bytes);

/** Parameters, and the options of the command that they become. */
const options: readonly (readonly [form: object, given: object])[] = [
  [{}, {}],
  [
    { savepath: " /data/films ", downloadPath: "/tmp/x" },
    { directory: "/data/films", incompleteDirectory: "/tmp/x" },
  ],
  [{ downloadPath: "/tmp/x", useDownloadPath: "false" }, {}],
  [{ savepath: "/data/films", autoTMM: "true" }, {}],
  [
    { savepath: "/data/films", autoTMM: "false", useAutoTMM: "false" },
    { directory: "/data/films" },
  ],
  [
    { category: "tv", tags: "x, y,,x" },
    { group: "tv", labels: ["x", "y"] },
  ],
  [{ paused: "true" }, { state: "stopped" }],
  [{ stopped: "true", paused: "true" }, { state: "stopped" }],
  [{ stopped: "false", paused: "true" }, { state: "started" }],
  [{ paused: "false" }, { state: "started" }],
  [{ skip_checking: "true" }, { verify: "none" }],
  [{ contentLayout: "Original", root_folder: "false" }, { layout: "own" }],
  [{ contentLayout: "Subfolder" }, { layout: "folder" }],
  [{ contentLayout: "NoSubfolder" }, { layout: "no-folder" }],
  [{ contentLayout: "undefined", root_folder: "true" }, {}],
  [{ root_folder: "false" }, { layout: "no-folder" }],
  [{ upLimit: "5000", dlLimit: "6000" }, { limits: { up: 5_000, down: 6_000 } }],
  [{ upLimit: "-1", dlLimit: "0" }, {}],
  [{ ratioLimit: "1.50", seedingTimeLimit: "10" }, { goals: { ratio: 1.5, seedSeconds: 600 } }],
  [{ ratioLimit: "-2", seedingTimeLimit: "-2" }, {}],
  [{ ratioLimit: "-1" }, { goals: { ratio: 1_000_000 } }],
  [
    { sequentialDownload: "True", firstLastPiecePrio: "true" },
    { sequential: true, firstLastPieces: true },
  ],
  [{ sequentialDownload: "false", firstLastPiecePrio: "false" }, {}],
  [{ stopCondition: "MetadataReceived" }, { stopAt: "metadata" }],
  [{ stopCondition: "None", rename: "another name", cookie: "a=b" }, {}],
];

for (const [form, given] of options)
  test(`${JSON.stringify(form)} adds with ${JSON.stringify(given)}`, async (t) => {
    const client = new QbittorrentClient();
    t.is((await client.post("torrents/add", { urls: magnet, ...form })).text, "Ok.");
    t.deepEqual(client.made, [["add", { ...given, source: magnet }]]);
  });

test("several links and files of one request are added, each by a command", async (t) => {
  const client = new QbittorrentClient();
  const parts = [
    fieldPart("urls", `${magnet}\r\n\n http://t.example/b.torrent\n`),
    file,
    fieldPart("category", "tv"),
    filePart("anything", "b.torrent", bytes),
    filePart("file", "", new Uint8Array(0)),
  ];
  const { status, text } = await client.upload("torrents/add", parts);
  t.deepEqual([status, text], [200, "Ok."]);
  const group = "tv";
  t.deepEqual(client.made, [
    ["add", { group, source: magnet }],
    ["add", { group, source: "http://t.example/b.torrent" }],
    ["add", { group, metainfo }],
    ["add", { group, metainfo }],
  ]);
});

test("a request without torrents, and one whose torrents all fail, is answered Fails.", async (t) => {
  t.is((await new QbittorrentClient().post("torrents/add", { urls: " \n" })).text, "Fails.");
  t.is((await new QbittorrentClient().post("torrents/add")).text, "Fails.");
  for (const error of [
    new TroupeError("torrent-exists", "it is there"),
    new TroupeError("already-running", "elsewhere"),
    new TroupeError("torrent-not-fetched", "no answer"),
    new TroupeError("option-out-of-range", "no source", { details: { option: "source" } }),
  ]) {
    const client = new QbittorrentClient([], { add: error });
    const { status, text } = await client.post("torrents/add", { urls: "foo" });
    t.deepEqual([status, text], [200, "Fails."], error.code);
  }
});

test("an address that is fetched for longer than the deadline counts as added", async (t) => {
  const client = new QbittorrentClient([], { add: new TroupeError("command-deadline", "goes on") });
  t.is((await client.post("torrents/add", { urls: "http://slow.example/" })).text, "Ok.");
});

test("a file that is no torrent is refused with 415 and its name", async (t) => {
  const client = new QbittorrentClient([], { add: new TroupeError("bencode-malformed", "no end") });
  const { status, text } = await client.upload("torrents/add", [file]);
  t.is(status, 415);
  t.is(text, 'the file "a.torrent" is no .torrent that can be used: no end');
});

test("a file of a torrent that is there already fails", async (t) => {
  const client = new QbittorrentClient([], { add: new TroupeError("torrent-exists", "there") });
  t.is((await client.upload("torrents/add", [file])).text, "Fails.");
});

test("errors of the caller, of other options and of the engine keep their status", async (t) => {
  const errors: readonly (readonly [TroupeError, number])[] = [
    [new TroupeError("not-permitted", "no root"), 403],
    [new TroupeError("option-out-of-range", "limits", { details: { option: "limits.up" } }), 400],
    [new TroupeError("engine-restarting", "restarts"), 503],
  ];
  for (const [error, status] of errors) {
    const client = new QbittorrentClient([], { add: error });
    t.is((await client.post("torrents/add", { urls: magnet })).status, status, error.code);
    t.is((await client.upload("torrents/add", [file])).status, status, error.code);
  }
});

test("a stop after the check of the files is refused with 409", async (t) => {
  const client = new QbittorrentClient();
  const form = { urls: magnet, stopCondition: "FilesChecked" };
  t.is((await client.post("torrents/add", form)).status, 409);
  t.deepEqual(client.made, []);
});

test("a hundred torrents are added by one request, and more are refused with 400", async (t) => {
  const client = new QbittorrentClient();
  const urls = (count: number) => ({ urls: `${magnet}\n`.repeat(count) });
  t.is((await client.post("torrents/add", urls(101))).status, 400);
  t.is(client.made.length, 0);
  t.is((await client.post("torrents/add", urls(100))).status, 200);
  t.is(client.made.length, 100);
});
