import { TroupeError } from "@troupe/control";
import test from "ava";
import type { TransmissionService as Service } from "../../support/transmission.ts";
import { fails, hashOf, numberedRows, TransmissionService } from "../../support/transmission.ts";
import { exampleFile, exampleMetainfo } from "../../support/transmission-details.ts";
import { specAddArguments } from "../../support/transmission-keys.ts";

const magnet = `magnet:?xt=urn:btih:${hashOf(1)}`;

function withAdd(answers: Readonly<Record<string, unknown>> = {}): Service {
  return new TransmissionService(numberedRows(1), { add: hashOf(1), ...answers });
}

test("a link, an address, a hash and the bytes of a .torrent are added", async (t) => {
  for (const filename of [magnet, "https://example.org/a.torrent", hashOf(1)]) {
    const service = withAdd();
    t.deepEqual(await service.result("torrent_add", { filename }), {
      torrent_added: { hash_string: hashOf(1), id: 1, name: "a film" },
    });
    t.deepEqual(service.calls.made, [["add", { source: filename }]]);
  }
  const service = withAdd();
  const { result, arguments: added } = await service.classic("torrent-add", {
    metainfo: "ZDQ6\r\naW5mbw==\n",
  });
  t.is(result, "success");
  t.deepEqual(added, { "torrent-added": { hashString: hashOf(1), id: 1, name: "a film" } });
  t.deepEqual(service.calls.made, [["add", { metainfo: "ZDQ6aW5mbw==" }]]);
});

test("a torrent that is there already is told as a duplicate", async (t) => {
  const details = { torrent: hashOf(1), took: {} };
  const exists = new TroupeError("torrent-exists", "the torrent is there", { details });
  const service = withAdd({ add: exists });
  const given = await service.classic("torrent-add", { filename: magnet });
  t.is(given.result, "success");
  t.deepEqual(given.arguments, {
    "torrent-duplicate": { hashString: hashOf(1), id: 1, name: "a film" },
  });
});

test("options become settings of the torrent", async (t) => {
  const service = withAdd();
  await service.result("torrent_add", {
    filename: magnet,
    download_dir: "/films",
    labels: ["one", "two"],
    paused: true,
    peer_limit: 20,
    bandwidth_priority: 1,
    sequential_download: true,
    sequential_download_from_piece: 4,
  });
  t.deepEqual(service.calls.made, [
    [
      "add",
      {
        source: magnet,
        directory: "/films",
        labels: ["one", "two"],
        start: false,
        maxPeers: 20,
        bandwidthPriority: "high",
        sequential: true,
        fromPiece: 4,
      },
    ],
  ]);
});

test("every argument of the page is taken", async (t) => {
  for (const [name, value] of Object.entries(specAddArguments)) {
    const service = withAdd({ files: [exampleFile()] });
    const params = name === "metainfo" ? { [name]: value } : { filename: magnet, [name]: value };
    await service.result("torrent_add", params);
    t.true(service.calls.made.length > 0, name);
  }
});

test("the files of a .torrent are chosen when it is added", async (t) => {
  const service = withAdd();
  const metainfo = exampleMetainfo(3);
  const choices = { files_unwanted: [0, 99], priority_high: [2], files_wanted: [] };
  await service.result("torrent_add", { metainfo, ...choices });
  t.deepEqual(service.calls.made, [["add", { metainfo, priorities: [0, 1, 6] }]]);
  const broken = service.jsonRpc("torrent_add", { metainfo: "ZGU=", files_unwanted: [0] });
  await fails(t, broken, 9, /info/);
});

test("the files at an address are chosen before the torrent starts", async (t) => {
  const service = withAdd({ files: [exampleFile(), exampleFile()] });
  const source = "http://example.org/a.torrent";
  await service.result("torrent_add", { filename: source, files_unwanted: [1] });
  const priorities = [
    { file: 0, priority: 1 },
    { file: 1, priority: 0 },
  ];
  t.deepEqual(service.calls.made, [
    ["engine-settings", {}],
    ["add", { source, start: false }],
    ["set-priorities", { torrent: hashOf(1), priorities }],
    ["start", { torrents: [hashOf(1)] }],
  ]);
});

test("a torrent starts if its call says so, else by the setting of the session", async (t) => {
  const made = async (params: object, engine: object): Promise<readonly unknown[]> => {
    const files = [exampleFile(), exampleFile()];
    const service = withAdd({ files, "engine-settings": engine });
    const filename = "http://example.org/a.torrent";
    await service.result("torrent_add", { filename, files_unwanted: [1], ...params });
    return service.calls.made.map(([name]) => name).filter((name) => name === "start");
  };
  t.deepEqual(await made({}, { startAdded: false }), []);
  t.deepEqual(await made({ paused: false }, { startAdded: false }), ["start"]);
  t.deepEqual(await made({ paused: true }, {}), []);
  const plain = withAdd();
  await plain.result("torrent_add", { filename: magnet, paused: false });
  t.deepEqual(plain.calls.made, [["add", { source: magnet, start: true }]]);
});

test("a path is never read, and a relative folder is refused", async (t) => {
  const service = withAdd();
  const add = (params: Readonly<Record<string, unknown>>) => service.jsonRpc("torrent_add", params);
  for (const filename of ["/etc/passwd", "file:///etc/passwd", "a.torrent", "ftp://a/b"])
    await fails(t, add({ filename }), 4, /allowed are a magnet link/);
  await fails(t, add({}), -32_602, /no filename or metainfo specified/);
  await fails(t, add({ filename: "", metainfo: "" }), -32_602, /no filename or metainfo/);
  await fails(t, add({ filename: magnet, download_dir: "films" }), 3, /is not absolute/);
  await fails(t, add({ filename: magnet, cookies: "a=b" }), 5, /with cookies/);
  await fails(t, add({ filename: magnet, paused: [] }), -32_602, /paused is a list/);
  t.deepEqual(service.calls.made, []);
});

test("an error of the engine has the number of what was added", async (t) => {
  const wrong = new TroupeError("field-invalid", "the torrent has no pieces");
  const sources = [
    [{ filename: "http://example.org/a.torrent" }, 8],
    [{ filename: magnet }, 4],
    [{ metainfo: "ZGU=" }, 9],
  ] as const;
  for (const [params, code] of sources)
    await fails(t, withAdd({ add: wrong }).jsonRpc("torrent_add", params), code, /has no pieces/);
  const refused = new TroupeError("not-permitted", "the folder needs the right local");
  const params = { metainfo: "ZGU=" };
  await fails(t, withAdd({ add: refused }).jsonRpc("torrent_add", params), 5, /right local/);
});
