import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import {
  readRepositoryFile,
  wordsInBackquotes,
} from "../../../../test/support/files/repository.ts";
import type { RequestBody } from "../../src/routes/route.ts";
import {
  fieldPart,
  filePart,
  hashOf,
  QbittorrentClient,
  rowOf,
} from "../support/qbittorrent-client.ts";

const { routes } = new QbittorrentClient();
const paths = [...new Set(routes.map(({ path }) => path.slice("/api/v2/".length)))];

/** Calls of Sonarr, Radarr, Flood, autobrr and @ctrl/qbittorrent, read in their sources. */
const called = `
  GET app/version app/webapiVersion app/preferences app/buildInfo app/defaultSavePath log/main sync/maindata sync/torrentPeers
  GET torrents/info torrents/properties torrents/files torrents/trackers torrents/webseeds torrents/pieceStates
  GET torrents/pieceHashes torrents/categories torrents/tags torrents/export transfer/info transfer/speedLimitsMode
  GET transfer/downloadLimit transfer/uploadLimit
  POST auth/login app/preferences app/setPreferences torrents/info torrents/files torrents/properties torrents/trackers
  POST transfer/info sync/maindata sync/torrentPeers torrents/add torrents/delete torrents/pause torrents/resume torrents/stop
  POST torrents/start torrents/recheck torrents/reannounce torrents/setLocation torrents/topPrio torrents/bottomPrio
  POST torrents/increasePrio torrents/decreasePrio torrents/setCategory torrents/createCategory torrents/editCategory
  POST torrents/removeCategories torrents/setShareLimits torrents/setForceStart torrents/setSuperSeeding torrents/addTags
  POST torrents/removeTags torrents/createTags torrents/deleteTags torrents/addTrackers torrents/removeTrackers
  POST torrents/editTracker torrents/editTrackers torrents/filePrio torrents/toggleSequentialDownload
  POST torrents/toggleFirstLastPiecePrio torrents/setAutoManagement torrents/rename torrents/renameFile torrents/renameFolder
  POST torrents/addPeers torrents/downloadLimit torrents/uploadLimit torrents/setDownloadLimit torrents/setUploadLimit
  POST transfer/toggleSpeedLimitsMode transfer/setDownloadLimit transfer/setUploadLimit transfer/banPeers
`;

test("every call of the clients has a route", (t) => {
  const lines = called.trim().split("\n");
  const wanted = lines.flatMap((line) => {
    const [method = "", ...names] = line.trim().split(" ");
    return names.map((name) => `${method} /api/v2/${name}`);
  });
  t.is(wanted.length, 76);
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  t.deepEqual(
    wanted.filter((name) => !known.has(name)),
    [],
  );
});

test("search, feeds, the end of the program and paths of version 1 have none", (t) => {
  for (const path of ["search/start", "rss/items", "app/shutdown", "torrents/count"])
    t.false(paths.includes(path), path);
  t.true(routes.every(({ path }) => path.startsWith("/api/v2/")));
});

test("no two routes have one method and path", (t) => {
  const all = routes.map(({ method, path }) => `${method} ${path}`);
  t.is(new Set(all).size, all.length);
});

test("GET reads no body, and only a call that adds torrents may have a large one", (t) => {
  for (const { body, method, path } of routes) {
    if (method === "GET") t.is(body, "none", path);
    else if (path.endsWith("/torrents/add")) t.is(body, "add");
    else t.is(body, path.endsWith("/auth/login") ? "login" : "call", path);
  }
});

test("GET changes nothing", async (t) => {
  const query = { hash: hashOf("01"), hashes: "all", rid: "1" };
  for (const { method, path } of routes) {
    if (method !== "GET") continue;
    const client = new QbittorrentClient([rowOf("01")]);
    await client.get(path.slice("/api/v2/".length), query).catch(() => undefined);
    t.deepEqual(client.made, [], path);
  }
});

test("the program names itself qBittorrent 4.5.2 with the API 2.8.19", async (t) => {
  const client = new QbittorrentClient();
  t.is((await client.get("app/version")).text, "v4.5.2");
  t.is((await client.get("app/webapiVersion")).text, "2.8.19");
  t.is((await client.get("app/defaultSavePath")).text, "/data");
  t.like((await client.get("app/buildInfo")).json, { bitness: 64, libtorrent: "2.0.8.0" });
  t.is((await client.get("log/main", { last_known_id: "-1" })).text, "[]");
  t.is((await client.get("log/peers")).text, "[]");
});

test("docs/service-qbittorrent.md lists every path, and no other", (t) => {
  const page = readRepositoryFile("docs/service-qbittorrent.md");
  const [, table = ""] = page.split("## Paths\n");
  const [listed = ""] = table.split("\n## ");
  const words = wordsInBackquotes(listed).filter((word) => /^[a-z]+\/\w+$/.test(word));
  t.deepEqual([...new Set(words)].toSorted(), paths.toSorted());
});

const names = [
  ...["hash", "hashes", "id", "priority", "limit", "urls", "category", "categories", "savePath"],
  ...["json", "rid", "tags", "peers", "mode", "value", "enable", "location", "newPath", "oldPath"],
  ...["origUrl", "newUrl", "ratioLimit", "seedingTimeLimit", "indexes", "sort", "offset", "name"],
  ...["deleteFiles", "stopCondition", "dlLimit", "savepath", "contentLayout", "username", "path"],
];
const value = fc.oneof(
  fc.constantFrom("all", hashOf("01"), hashOf("02"), "", "true", "0", "-1", "1e9", "__proto__"),
  fc.constantFrom("{}", '{"dl_limit":[]}', "null", "http://a.example/x", "192.0.2.1:6881", "NaN"),
  fc.string({ unit: anyCharacter, maxLength: 30 }),
  fc.integer().map(String),
);
const field = fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 9 })), value);
const bytes = fc.uint8Array({ maxLength: 40 });
const part = fc.oneof(
  field.map(([name, text]) => fieldPart(name, text)),
  fc.tuple(fc.string({ maxLength: 9 }), bytes).map(([name, data]) => filePart(name, name, data)),
  fc.tuple(fc.constantFrom(...names), bytes).map(([name, data]) => ({ name, bytes: data })),
);
const body = fc.oneof(
  fc.array(field, { maxLength: 8 }).map((fields): RequestBody => ({ kind: "form", fields })),
  fc.array(part, { maxLength: 8 }).map((parts): RequestBody => ({ kind: "multipart", parts })),
  fc.jsonValue().map((json): RequestBody => ({ kind: "json", value: json })),
  fc.constant<RequestBody>({ kind: "none" }),
);

/** Answers to all questions about a torrent. */
const answers = {
  ...{
    metainfo: Buffer.from("d4:infod6:pieces0:ee").toString("base64"),
    files: [],
    pieces: { pieces: 1, had: "gA==" },
  },
  "web-seeds": [],
};

for (const path of paths)
  test(`${path} answers random forms with a status of qBittorrent, and throws nothing`, async (t) => {
    const statuses = new Set([200, 400, 403, 404, 409, 415]);
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const client = new QbittorrentClient([rowOf("01"), rowOf("02")], answers);
        const { json, status, text } = await client.send(path, sent);
        t.true(statuses.has(status), `${status} ${text}`);
        if (status !== 200) t.regex(text, /^\S[^\n]{5,}$/);
        if (status !== 200) t.is(json, undefined);
      }),
      { numRuns: 60 },
    );
  });

test("random queries are answered, too", async (t) => {
  const query = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), query, async (path, sent) => {
      const client = new QbittorrentClient([rowOf("01"), rowOf("02")], answers);
      const { status } = await client.get(path, sent);
      t.true([200, 400, 404, 409].includes(status), `${path} ${status}`);
    }),
    { numRuns: 500 },
  );
});
