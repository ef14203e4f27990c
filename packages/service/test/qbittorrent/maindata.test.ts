import { TroupeError } from "@troupe/control";
import test from "ava";
import { hashOf, QbittorrentClient, rowOf, totalsOf } from "../support/qbittorrent-client.ts";

const [one, two, three] = [hashOf("01"), hashOf("02"), hashOf("03")];
const tracker = "http://tracker.example/announce";

function clientOfTwo(answers: Readonly<Record<string, unknown>> = {}): QbittorrentClient {
  return new QbittorrentClient([rowOf("01", { labels: ["x"] }), rowOf("02")], answers);
}

async function poll(client: QbittorrentClient, rid?: number) {
  const query = rid === undefined ? {} : { rid: `${rid}` };
  return (await client.get("sync/maindata", query)).json;
}

test("an unknown rid gets all, with the version of the view as its rid", async (t) => {
  const client = clientOfTwo({ "engine-settings": { groups: { tv: { directory: "/tv" } } } });
  for (const rid of [undefined, 0, 77, -1]) {
    const data = await poll(client, rid);
    t.like(data, { rid: 1, full_update: true, tags: ["x"] });
    t.deepEqual(Object.keys(data.torrents), [one, two]);
    t.deepEqual(data.trackers, { [tracker]: [one, two] });
    t.deepEqual(data.categories, { tv: { name: "tv", savePath: "/tv" } });
  }
  const { torrents } = await poll(client);
  t.is(Object.keys(torrents[one]).length, 48);
  t.false("hash" in torrents[one]);
});

test("server_state has the fields of qBittorrent 4.5.2", async (t) => {
  const totals = { session: totalsOf(1, 2), overall: totalsOf(400, 500) };
  const client = clientOfTwo({ totals, "engine-settings": { limits: { up: 7_000 } } });
  t.deepEqual((await poll(client)).server_state, {
    ...{ alltime_dl: 400, alltime_ul: 500, average_time_queue: 0, connection_status: "connected" },
    ...{ dht_nodes: 0, dl_info_data: 1, dl_info_speed: 0, dl_rate_limit: 0, free_space_on_disk: 0 },
    ...{ global_ratio: "1.25", queued_io_jobs: 0, queueing: true, read_cache_hits: "0" },
    ...{ read_cache_overload: "0", refresh_interval: 1_500, total_buffers_size: 0 },
    ...{ total_peer_connections: 0, total_queued_size: 0, total_wasted_session: 0 },
    ...{ up_info_data: 2, up_info_speed: 0, up_rate_limit: 7_000, use_alt_speed_limits: false },
    ...{ write_cache_overload: "0" },
  });
});

test("the next answer has the changed fields of changed torrents alone", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  client.calls.change([rowOf("02", { downBytesPerSecond: 9, upBytesPerSecond: 4 })]);
  const data = await poll(client, rid);
  t.deepEqual(data.torrents, { [two]: { dlspeed: 9, upspeed: 4, state: "uploading" } });
  t.is(data.rid, 2);
  for (const absent of ["full_update", "tags", "trackers", "torrents_removed"])
    t.false(absent in data, absent);
});

test("without a change the number stays, and no torrent comes", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  const data = await poll(client, rid);
  t.is(data.rid, rid);
  t.false("torrents" in data);
});

test("a new torrent comes whole, and a removed one by its hash", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  client.calls.change([rowOf("03", { labels: ["y"], trackers: [["udp://b.example"]] })], [one]);
  const data = await poll(client, rid);
  t.deepEqual(Object.keys(data.torrents), [three]);
  t.is(Object.keys(data.torrents[three]).length, 48);
  t.deepEqual(data.torrents_removed, [one]);
  t.deepEqual([data.tags, data.tags_removed], [["y"], ["x"]]);
  t.deepEqual(data.trackers, { [tracker]: [two], "udp://b.example": [three] });
  t.false("trackers_removed" in data);
});

test("a torrent that came and went between two answers is not named", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  client.calls.change([rowOf("03")]);
  client.calls.change([], [three]);
  const data = await poll(client, rid);
  t.false("torrents_removed" in data);
  t.false("torrents" in data);
});

test("trackers that no torrent has any more are named", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  client.calls.change([rowOf("01", { trackers: [] }), rowOf("02", { trackers: [] })]);
  const data = await poll(client, rid);
  t.deepEqual(data.trackers_removed, [tracker]);
  t.deepEqual(data.tags_removed, ["x"]);
});

test("each of several pollers gets the changes since its own last answer", async (t) => {
  const client = clientOfTwo();
  const first = await poll(client);
  client.calls.change([rowOf("02", { downBytesPerSecond: 1 })]);
  const second = await poll(client, first.rid);
  client.calls.change([rowOf("01", { labels: ["x"], upBytesPerSecond: 2 })]);
  t.deepEqual(Object.keys((await poll(client, second.rid)).torrents), [one]);
  t.deepEqual(Object.keys((await poll(client, first.rid)).torrents), [one, two]);
});

test("a client that merges the answers has what a full answer has", async (t) => {
  const client = clientOfTwo();
  const all = await poll(client);
  const merged = all.torrents;
  let { rid } = all;
  for (let round = 0; round < 50; round++) {
    const digits = `${10 + (round % 20)}`;
    client.calls.change(
      [rowOf(digits, { downBytesPerSecond: round, labels: [`l${round % 3}`] })],
      round % 4 === 0 ? [hashOf(`${10 + ((round + 7) % 20)}`)] : [],
    );
    const data = await poll(client, rid);
    t.false("full_update" in data);
    for (const [hash, fields] of Object.entries<object>(data.torrents ?? {}))
      merged[hash] = { ...merged[hash], ...fields };
    for (const hash of data.torrents_removed ?? []) delete merged[hash];
    rid = data.rid;
  }
  t.deepEqual(merged, (await poll(client)).torrents);
});

test("a removed category is named until it comes back", async (t) => {
  const answers: Record<string, unknown> = { "engine-settings": { groups: { tv: {}, films: {} } } };
  const client = clientOfTwo();
  client.calls.run = (name) => Promise.resolve(answers[name] as never);
  const { rid } = await poll(client);
  answers["engine-settings"] = { groups: { films: {} } };
  t.deepEqual((await poll(client, rid)).categories_removed, ["tv"]);
  t.deepEqual((await poll(client, rid)).categories_removed, ["tv"]);
  answers["engine-settings"] = { groups: { tv: {}, films: {} } };
  t.false("categories_removed" in (await poll(client, rid)));
});

test("a poller whose last answer is forgotten gets all", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  for (let change = 0; change < 32; change++) {
    client.calls.change([rowOf("01", { upBytesPerSecond: change })]);
    await poll(client);
  }
  t.true((await poll(client, rid)).full_update);
  t.false("full_update" in (await poll(client, rid + 1)));
});

test("a poller that missed removals beyond those of the view gets all", async (t) => {
  const client = clientOfTwo();
  const { rid } = await poll(client);
  client.calls.live.since = () => undefined;
  client.calls.change([rowOf("03")]);
  const data = await poll(client, rid);
  t.true(data.full_update);
  t.deepEqual(Object.keys(data.torrents), [one, two, three]);
});

test("old answers are forgotten when many rows have changed since", async (t) => {
  const rows = (speed: number) =>
    Array.from({ length: 3_000 }, (_, at) =>
      rowOf("00", { torrent: at.toString(16).padStart(40, "0"), downBytesPerSecond: speed }),
    );
  const client = new QbittorrentClient(rows(0));
  const { rid } = await poll(client);
  client.calls.change(rows(1));
  await poll(client);
  client.calls.change(rows(2));
  t.false("full_update" in (await poll(client, rid)));
  client.calls.change(rows(3));
  t.true((await poll(client, rid)).full_update);
});

test("the free space is that of the call before: a list waits for no disk", async (t) => {
  const answers: Record<string, unknown> = { "free-space": new Promise(() => undefined) };
  const client = clientOfTwo(answers);
  const freeSpace = async () => (await poll(client)).server_state.free_space_on_disk;
  t.is(await freeSpace(), 0);
  t.is(await freeSpace(), 0);
  t.is(client.calls.made.filter(([name]) => name === "free-space").length, 1);
  const other = clientOfTwo({ "free-space": { freeBytes: 5_000, totalBytes: 9_000 } });
  await poll(other);
  t.is((await poll(other)).server_state.free_space_on_disk, 5_000);
  t.deepEqual(
    other.calls.made.find(([name]) => name === "free-space"),
    ["free-space", { directory: "/data" }],
  );
  const failing = clientOfTwo({ "free-space": new TroupeError("disk-not-answering", "no") });
  await poll(failing);
  t.is((await poll(failing)).server_state.free_space_on_disk, 0);
});

test("a list answers while the engine restarts", async (t) => {
  const error = new TroupeError("engine-restarting", "it restarts");
  const client = clientOfTwo({ "engine-settings": error, totals: error });
  const data = await poll(client);
  t.deepEqual(Object.keys(data.torrents), [one, two]);
  t.like(data.server_state, { alltime_dl: 0, global_ratio: "-" });
});

test("a change of one in a hundred of 10,000 torrents takes less than 64 KiB", async (t) => {
  const row = (at: number, speed: number) =>
    rowOf("00", {
      ...{ torrent: at.toString(16).padStart(40, "0"), downBytesPerSecond: speed, peers: speed },
      ...{ downloadedBytes: speed * 1e9, uploadedBytes: speed * 1e8, activeAt: speed * 1e12 },
    });
  const client = new QbittorrentClient(Array.from({ length: 10_000 }, (_, at) => row(at, 1)));
  const { rid } = await poll(client);
  client.calls.change(Array.from({ length: 100 }, (_, at) => row(at * 100, 2)));
  const { json, text } = await client.get("sync/maindata", { rid: `${rid}` });
  t.is(Object.keys(json.torrents).length, 100);
  t.true(text.length < 65_536, `${text.length} bytes`);
});
