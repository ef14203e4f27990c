import { TroupeError } from "@troupe/control";
import test from "ava";
import {
  exampleFacts,
  fails,
  numberedRows,
  TransmissionService,
} from "../../support/transmission.ts";
import {
  specSessionFacts,
  specSessionSettings,
  specStatistics,
  specStatisticsOfTime,
  specUnits,
} from "../../support/transmission-keys.ts";
import { classicName } from "../../../src/transmission/names/classic-names.ts";

type Values = Readonly<Record<string, unknown>>;

const engine = {
  limits: { down: 500_000, schedule: [{ from: "01:30", to: "02:00", down: 1_000, up: 2_000 }] },
  goals: { ratio: 1.5, idleSeconds: 61 },
  ...{ maxActiveDownloads: 3, maxConnections: 90, maxPeers: 20 },
  ...{ incompleteDirectory: "/half", defaultTrackers: ["http://a.example/", "http://b.example/"] },
};

test("every setting of the page is told, and no other key is missing its classic name", async (t) => {
  const service = new TransmissionService();
  const all = await service.result("session_get");
  const spec = [...specSessionSettings, ...specSessionFacts];
  t.deepEqual(
    spec.filter((name) => all[name] === undefined),
    [],
  );
  t.deepEqual(
    Object.keys(all).filter((name) => !spec.includes(name)),
    ["anti_brute_force_threshold"],
  );
  t.deepEqual(Object.keys(all["units"] as object).toSorted(), [...specUnits].toSorted());
});

test("both dialects tell the session equally after renaming", async (t) => {
  const service = new TransmissionService([], { "engine-settings": engine });
  const { arguments: classic } = await service.classic("session-get");
  const { units, ...all } = await service.result("session_get");
  for (const [name, value] of Object.entries(all)) {
    const isEncryption = name === "encryption";
    t.deepEqual(classic[classicName(name)], isEncryption ? "tolerated" : value, name);
  }
  t.is(all["encryption"], "allowed");
  const classicUnits = classic["units"] as Values;
  for (const [name, value] of Object.entries(units as Values))
    t.deepEqual(classicUnits[classicName(name)], value, name);
  t.is(Object.keys(classic).length, Object.keys(all).length + 1);
});

test("the service names itself as Transmission 4.1.1", async (t) => {
  const fields = ["version", "rpc_version", "rpc_version_minimum", "rpc_version_semver"];
  const service = new TransmissionService();
  t.deepEqual(await service.result("session_get", { fields: [...fields, "unknown"] }), {
    version: "4.1.1 (Troupe 0.1.0)",
    rpc_version: 19,
    rpc_version_minimum: 14,
    rpc_version_semver: "6.0.1",
  });
  t.deepEqual(await service.result("session_get", { fields: ["unknown"] }), {});
});

test("settings of the engine are told in the units of the protocol", async (t) => {
  const service = new TransmissionService([], { "engine-settings": engine });
  t.like(await service.result("session_get"), {
    alt_speed_down: 1,
    alt_speed_enabled: false,
    alt_speed_time_begin: 90,
    alt_speed_time_day: 127,
    alt_speed_time_enabled: true,
    alt_speed_time_end: 120,
    alt_speed_up: 2,
    default_trackers: "http://a.example/\nhttp://b.example/",
    download_queue_enabled: true,
    download_queue_size: 3,
    idle_seeding_limit: 2,
    idle_seeding_limit_enabled: true,
    incomplete_dir: "/half",
    incomplete_dir_enabled: true,
    peer_limit_global: 90,
    peer_limit_per_torrent: 20,
    seed_queue_enabled: false,
    seed_queue_size: 10,
    seed_ratio_limit: 1.5,
    seed_ratio_limited: true,
    speed_limit_down: 500,
    speed_limit_down_enabled: true,
    speed_limit_up: 100,
    speed_limit_up_enabled: false,
  });
});

test("facts of the service are told as they are now", async (t) => {
  const facts = { ...exampleFacts, downloadDirectory: "/films", usesDht: false };
  const service = new TransmissionService([], {}, facts);
  const fields = [
    ...["config_dir", "dht_enabled", "download_dir", "lpd_enabled", "peer_port"],
    ...["pex_enabled", "port_forwarding_enabled", "rename_partial_files", "session_id"],
    ...["download_dir_free_space", "incomplete_dir"],
  ];
  t.deepEqual(await service.result("session_get", { fields }), {
    config_dir: "/state",
    dht_enabled: false,
    download_dir: "/films",
    lpd_enabled: false,
    peer_port: 16_881,
    pex_enabled: true,
    port_forwarding_enabled: true,
    rename_partial_files: false,
    session_id: "present-id",
    download_dir_free_space: 5_000,
    incomplete_dir: "/films",
  });
});

test("the free space is asked for only where it is wanted", async (t) => {
  const service = new TransmissionService();
  await service.result("session_get", { fields: ["version"] });
  t.false(service.calls.made.some(([name]) => name === "free-space"));
  await service.result("session_get");
  t.true(service.calls.made.some(([name]) => name === "free-space"));
});

test("statistics sum the torrents, and have the totals of this session and of all", async (t) => {
  const totals = {
    ...{ downloadedBytes: 10, uploadedBytes: 20, wastedBytes: 0 },
    ...{ protocolDownBytes: 0, protocolUpBytes: 0, activeSeconds: 30.4, sessions: 1 },
  };
  const overall = { ...totals, downloadedBytes: 100, sessions: 7 };
  const rows = numberedRows(3, (number) => ({
    state: number === 1 ? "stopped" : "active",
    downBytesPerSecond: 10.4,
    upBytesPerSecond: 1,
  }));
  const service = new TransmissionService(rows, { totals: { session: totals, overall } });
  const shown = await service.result("session_stats");
  t.deepEqual(Object.keys(shown).toSorted(), [...specStatistics].toSorted());
  t.deepEqual(shown, {
    active_torrent_count: 2,
    cumulative_stats: {
      ...{ downloaded_bytes: 100, seconds_active: 30, session_count: 7 },
      ...{ uploaded_bytes: 20, files_added: 0 },
    },
    current_stats: {
      ...{ downloaded_bytes: 10, seconds_active: 30, session_count: 1 },
      ...{ uploaded_bytes: 20, files_added: 0 },
    },
    download_speed: 31,
    paused_torrent_count: 1,
    torrent_count: 3,
    upload_speed: 3,
  });
  const keys = Object.keys(shown["current_stats"] as object).toSorted();
  t.deepEqual(keys, [...specStatisticsOfTime].toSorted());
  const { arguments: classic } = await service.classic("session-stats");
  t.is(classic["activeTorrentCount"], 2);
  t.like(classic["cumulative-stats"], { downloadedBytes: 100, sessionCount: 7 });
});

test("a session that has moved no byte counts as one", async (t) => {
  const session = {
    ...{ downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 },
    ...{ protocolDownBytes: 0, protocolUpBytes: 0, activeSeconds: 3, sessions: 0 },
  };
  const counts = async (totals: object): Promise<unknown> => {
    const shown = await new TransmissionService([], { totals }).result("session_stats");
    const [all, now] = [shown["cumulative_stats"], shown["current_stats"]] as readonly Values[];
    return [all?.["session_count"], now?.["session_count"]];
  };
  t.deepEqual(await counts({ session }), [1, 1]);
  t.deepEqual(await counts({ session, overall: { ...session, sessions: 7 } }), [8, 1]);
});

test("without a state folder all sessions are this one", async (t) => {
  const shown = await new TransmissionService().result("session_stats");
  t.deepEqual(shown["cumulative_stats"], shown["current_stats"]);
});

test("the free space of a folder has its size, by the names of each dialect", async (t) => {
  const service = new TransmissionService();
  const space = { path: "/data", size_bytes: 5_000, total_size: 9_000 };
  t.deepEqual(await service.result("free_space", { path: "/data" }), space);
  const classic = await service.classic("free-space", { path: "/data" });
  t.deepEqual(classic.arguments, { path: "/data", "size-bytes": 5_000, total_size: 9_000 });
  t.deepEqual(service.calls.made[0], ["free-space", { directory: "/data" }]);
});

test("the free space of no folder, a relative one or a forbidden one is an error", async (t) => {
  const refused = new TroupeError("not-permitted", "the folder needs the right local");
  const service = new TransmissionService([], { "free-space": refused });
  await fails(t, service.jsonRpc("free_space"), -32_602, /path argument is missing/);
  await fails(t, service.jsonRpc("free_space", { path: "data" }), 3, /is not absolute/);
  const { error } = await service.jsonRpc("free_space", { path: "/etc" });
  t.deepEqual(error, {
    code: 5,
    message: "system error",
    data: {
      error_string: "the folder needs the right local",
      result: { path: "/etc", size_bytes: -1, total_size: -1 },
    },
  });
});

test("the port is not tested", async (t) => {
  const service = new TransmissionService();
  await fails(t, service.jsonRpc("port_test"), 8, /Couldn't test port/);
  await fails(t, service.jsonRpc("port_test", { ip_protocol: "ipx" }), -32_602, /ipv4 or ipv6/);
});

test("D09: the blocklist is the IP filter, and is read again on request", async (t) => {
  const names = ["blocklist_enabled", "blocklist_size", "blocklist_url"];
  const answer = { ipFilter: { ranges: 7, skippedLines: 1 } };
  const service = new TransmissionService([], { "ip-filter": answer, "update-ip-filter": answer });
  const shown = await service.result("session_get", { fields: names });
  t.deepEqual(shown, { blocklist_enabled: true, blocklist_size: 7, blocklist_url: "" });
  t.deepEqual(await service.result("blocklist_update"), { blocklist_size: 7 });
  t.deepEqual(await service.result("session_set", { blocklist_enabled: true }), {});
  await fails(t, service.jsonRpc("session_set", { blocklist_enabled: false }), 5, /has true/);
});

test("D09: without an IP filter, or without its server, the update of the blocklist is an error", async (t) => {
  const none = new TransmissionService();
  await fails(t, none.jsonRpc("blocklist_update"), 8, /Couldn't fetch blocklist: the settings/);
  const failed = new TroupeError("ip-filter-unreadable", "the list in use stays");
  const service = new TransmissionService([], { "update-ip-filter": failed });
  await fails(t, service.jsonRpc("blocklist_update"), 8, /blocklist: the list in use stays/);
});

test("only a caller on this machine stops the engine", async (t) => {
  const service = new TransmissionService();
  await fails(t, service.jsonRpc("session_close"), 5, /close needs local/);
});
