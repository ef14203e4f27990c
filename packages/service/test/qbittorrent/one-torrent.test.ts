import { TroupeError } from "@troupe/control";
import test from "ava";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import { hashOf, QbittorrentClient, rowOf } from "../support/qbittorrent-client.ts";

const hash = hashOf("01");
const [a, b, c] = ["http://a.example/x", "udp://b.example:1", "https://c.example/"];

function clientWith(row: Partial<TorrentRow> = {}, answers: object = {}): QbittorrentClient {
  return new QbittorrentClient([rowOf("01", { trackers: [[a], [b]], ...row })], { ...answers });
}

/** Actions on trackers, the status, and the tiers afterwards. */
const trackerActions: readonly (readonly [
  path: string,
  form: object,
  status: number,
  tiers?: readonly (readonly string[])[],
])[] = [
  ["addTrackers", { urls: c }, 200, [[a, c], [b]]],
  ["addTrackers", { urls: `\n\n${c}\n${c}` }, 200, [[a], [b], [c]]],
  ["addTrackers", { urls: `${a}\n${b}` }, 200],
  ["addTrackers", { urls: "" }, 200],
  ["addTrackers", { urls: "\n".repeat(200) + c }, 400],
  ["addTrackers", {}, 400],
  ["removeTrackers", { urls: `${a}|http://none.example` }, 200, [[b]]],
  ["removeTrackers", { urls: "http://none.example" }, 200],
  ["removeTrackers", {}, 400],
  ["editTracker", { origUrl: a, newUrl: c }, 200, [[c], [b]]],
  ["editTrackers", { origUrl: b, newUrl: c }, 200, [[a], [c]]],
  ["editTracker", { origUrl: a, newUrl: a }, 200],
  ["editTracker", { origUrl: a, newUrl: b }, 409],
  ["editTracker", { origUrl: c, newUrl: "http://d.example" }, 409],
  ["editTracker", { origUrl: a, newUrl: "javascript:alert(1)" }, 400],
  ["editTracker", { origUrl: a }, 400],
];

for (const [path, form, status, tiers] of trackerActions)
  test(`torrents/${path} ${JSON.stringify(form).slice(0, 80)} is ${status}`, async (t) => {
    const client = clientWith();
    t.is((await client.post(`torrents/${path}`, { hash, ...form })).status, status);
    const expected = tiers === undefined ? [] : [["set", { torrent: hash, trackerTiers: tiers }]];
    t.deepEqual(client.made, expected);
  });

test("trackers that are set in place of the torrent's own are edited", async (t) => {
  const client = clientWith({ settings: { trackerTiers: [[c]] } });
  await client.post("torrents/addTrackers", { hash, urls: b });
  t.deepEqual(client.made, [["set", { torrent: hash, trackerTiers: [[c, b]] }]]);
  const before = clientWith({ settings: { trackers: [c] } });
  await before.post("torrents/removeTrackers", { hash, urls: b });
  t.deepEqual(before.made, [["set", { torrent: hash, trackerTiers: [[c], [a]] }]]);
});

for (const [path, form] of Object.entries({
  addTrackers: { urls: a },
  removeTrackers: { urls: a },
  editTracker: { origUrl: a, newUrl: b },
  filePrio: { id: "0", priority: "1" },
  rename: { name: "x" },
  renameFile: { oldPath: "x", newPath: "y" },
  renameFolder: { oldPath: "x", newPath: "y" },
}))
  test(`torrents/${path} of an unknown torrent is 404`, async (t) => {
    const client = clientWith();
    t.is((await client.post(`torrents/${path}`, { hash: hashOf("02"), ...form })).status, 404);
    t.is((await client.post(`torrents/${path}`, form)).status, 400);
  });

const file = { path: "/data/a", torrentPath: "a", lengthBytes: 1, haveBytes: 0, priority: 1 };
const files = [file, { ...file, isPadding: true }, file];

/** Priorities, the status, and the files and their priority afterwards. */
const prioritized: readonly (readonly [
  id: string,
  priority: string,
  status: number,
  files?: readonly number[],
])[] = [
  ["0", "0", 200, [0]],
  ["0|1", "7", 200, [0, 2]],
  ["1", "6", 200, [2]],
  ["2", "1", 409],
  ["-1", "1", 409],
  ["x", "1", 400],
  ["", "1", 400],
  ["0", "3", 400],
  ["0", "-1", 400],
  ["0", "x", 400],
];

for (const [id, priority, status, chosen] of prioritized)
  test(`torrents/filePrio of ${id || "nothing"} with ${priority} is ${status}`, async (t) => {
    const client = clientWith({}, { files });
    t.is((await client.post("torrents/filePrio", { hash, id, priority })).status, status);
    const priorities = chosen?.map((number) => ({ file: number, priority: Number(priority) }));
    const expected = priorities && [["set-priorities", { torrent: hash, priorities }]];
    t.deepEqual(client.made, expected ?? []);
  });

test("the files of a magnet have no priorities yet: 409", async (t) => {
  const client = clientWith({ hasMetadata: false });
  const form = { hash, id: "0", priority: "1" };
  t.is((await client.post("torrents/filePrio", form)).status, 409);
});

test("renameFile and renameFolder give a path below the data folder another one", async (t) => {
  const client = clientWith();
  const form = { hash, oldPath: "film/a.mkv", newPath: "film/b.mkv" };
  t.is((await client.post("torrents/renameFile", form)).status, 200);
  t.is((await client.post("torrents/renameFolder", form)).status, 200);
  const call = ["rename", { torrent: hash, from: "film/a.mkv", to: "film/b.mkv" }];
  t.deepEqual(client.made, [call, call]);
});

test("renames that cannot be are refused with 409", async (t) => {
  const form = { hash, oldPath: "a", newPath: "b" };
  for (const code of ["rename-unknown", "rename-taken", "rename-unsafe", "torrent-busy"]) {
    const client = clientWith({}, { rename: new TroupeError(code, "no") });
    t.is((await client.post("torrents/renameFile", form)).status, 409, code);
  }
  const client = clientWith();
  t.is((await client.post("torrents/renameFile", { ...form, newPath: "" })).status, 409);
  t.is((await client.post("torrents/rename", { hash, name: " " })).status, 409);
  t.is((await client.post("torrents/rename", { hash, name: "other" })).status, 409);
  t.deepEqual(client.made, []);
});

test("peers are added to each torrent, and counted", async (t) => {
  const client = clientWith();
  const peers = "192.0.2.1:6881|[2001:db8::1]:1|192.0.2.1|x:1|192.0.2.1:0|192.0.2.999:5";
  const { json } = await client.post("torrents/addPeers", { hashes: hash, peers });
  t.deepEqual(json, { [hash]: { added: 2, failed: 4 } });
  t.deepEqual(client.made, [
    ["add-peer", { torrent: hash, peer: { host: "192.0.2.1", port: 6_881 } }],
    ["add-peer", { torrent: hash, peer: { host: "2001:db8::1", port: 1 } }],
  ]);
});

test("peers that the caller may not name have failed", async (t) => {
  const client = clientWith({}, { "add-peer": new TroupeError("not-permitted", "local") });
  const form = { hashes: hash, peers: "127.0.0.1:22" };
  t.deepEqual((await client.post("torrents/addPeers", form)).json, {
    [hash]: { added: 0, failed: 1 },
  });
});

test("peers are refused with 400 without a valid one, and above their bounds", async (t) => {
  const client = clientWith();
  const statusOf = async (form: Readonly<Record<string, string>>) =>
    (await client.post("torrents/addPeers", { hashes: "all", ...form })).status;
  t.is(await statusOf({ peers: "foo" }), 400);
  t.is(await statusOf({}), 400);
  t.is(await statusOf({ peers: "192.0.2.1:1|".repeat(1_000) }), 400);
  client.calls.change(Array.from({ length: 60 }, (_, at) => rowOf(`${at + 10}`)));
  t.is(await statusOf({ peers: "192.0.2.1:1|".repeat(200) }), 400);
  t.deepEqual(client.made, []);
});
