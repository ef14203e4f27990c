import { TroupeError } from "@troupe/control";
import test from "ava";
import { QbittorrentClient, rowOf, totalsOf } from "../support/qbittorrent-client.ts";

const rows = [
  rowOf("01", { downBytesPerSecond: 10.2, upBytesPerSecond: 1, downloadedBytes: 100 }),
  rowOf("02", { downBytesPerSecond: 20.2, upBytesPerSecond: 2, downloadedBytes: 11 }),
];
const limits = { down: 5_000 };

test("transfer/info has the sums of the view, and the totals of the session", async (t) => {
  const totals = { session: totalsOf(500, 600), dhtNodes: 250 };
  const client = new QbittorrentClient(rows, { totals, "engine-settings": { limits } });
  t.deepEqual((await client.get("transfer/info")).json, {
    ...{ dl_info_speed: 30, dl_info_data: 500, up_info_speed: 3, up_info_data: 600 },
    ...{ dl_rate_limit: 5_000, up_rate_limit: 0, dht_nodes: 250, connection_status: "connected" },
  });
});

test("transfer/info answers from the view while the engine restarts", async (t) => {
  const client = new QbittorrentClient(rows, {
    totals: new TroupeError("engine-restarting", "restarts"),
    "engine-settings": new TroupeError("command-deadline", "late"),
  });
  const { json, status } = await client.post("transfer/info");
  t.is(status, 200);
  t.like(json, { dl_info_speed: 30, dl_info_data: 111, dl_rate_limit: 0 });
});

test("limits of the engine are texts of bytes a second, and are set", async (t) => {
  const client = new QbittorrentClient([], { "engine-settings": { limits } });
  t.is((await client.get("transfer/downloadLimit")).text, "5000");
  t.is((await client.get("transfer/uploadLimit")).text, "0");
  t.is((await client.post("transfer/setDownloadLimit", { limit: "9000" })).status, 200);
  t.is((await client.post("transfer/setUploadLimit", { limit: "0" })).status, 200);
  t.is((await client.post("transfer/setUploadLimit", { limit: "x" })).status, 400);
  t.is((await client.post("transfer/setUploadLimit")).status, 400);
  t.deepEqual(client.made, [
    ["set-engine", { limits: { down: 9_000 } }],
    ["set-engine", { limits: { up: null } }],
  ]);
});

test("alternative limits are off, and cannot be turned on: 409", async (t) => {
  const client = new QbittorrentClient();
  t.is((await client.get("transfer/speedLimitsMode")).text, "0");
  t.is((await client.post("transfer/toggleSpeedLimitsMode")).status, 409);
  t.is((await client.post("transfer/setSpeedLimitsMode", { mode: "0" })).status, 200);
  t.is((await client.post("transfer/setSpeedLimitsMode", { mode: "1" })).status, 409);
  t.is((await client.post("transfer/setSpeedLimitsMode", { mode: "x" })).status, 400);
  t.is((await client.post("transfer/setSpeedLimitsMode")).status, 400);
});

test("banPeers bans the addresses of peers", async (t) => {
  const client = new QbittorrentClient();
  const peers = "192.0.2.1:5|x|[2001:db8::1]:6|192.0.2.1:9";
  t.is((await client.post("transfer/banPeers", { peers })).status, 200);
  t.is((await client.post("transfer/banPeers", { peers: "abc" })).status, 200);
  t.is((await client.post("transfer/banPeers")).status, 400);
  t.deepEqual(client.made, [["ban", { addresses: ["192.0.2.1", "2001:db8::1"] }]]);
});
