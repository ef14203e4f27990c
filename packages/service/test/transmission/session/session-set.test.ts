import test from "ava";
import { fails, TransmissionService } from "../../support/transmission.ts";
import { specSessionFacts, specSessionSettings } from "../../support/transmission-keys.ts";

type Values = Readonly<Record<string, unknown>>;

/** The settings that a session_set changes, given those before. */
async function changesOf(params: Values, engine: object = {}): Promise<unknown> {
  const service = new TransmissionService([], { "engine-settings": engine });
  const made = (await service.commandsOf("session_set", params)) as readonly [string, object][];
  return made.map(([name, given]) => (name === "set-engine" ? given : name));
}

test("a limit follows its switch, in one change of the engine", async (t) => {
  t.deepEqual(
    await changesOf({
      speed_limit_down: 50,
      speed_limit_down_enabled: true,
      speed_limit_up: 0,
      speed_limit_up_enabled: 1,
      download_queue_size: 4,
      download_queue_enabled: true,
      seed_queue_enabled: true,
      seed_ratio_limit: 1.5,
      seed_ratio_limited: true,
      idle_seeding_limit: 90,
      idle_seeding_limit_enabled: true,
    }),
    [
      {
        limits: { down: 50_000, up: 1_000 },
        maxActiveDownloads: 4,
        maxActiveSeeds: 10,
        goals: { ratio: 1.5, idleSeconds: 5_400 },
      },
    ],
  );
  const off = {
    ...{ speed_limit_down_enabled: false, download_queue_enabled: false },
    ...{ seed_ratio_limited: false, idle_seeding_limit_enabled: false },
  };
  t.deepEqual(await changesOf(off), [
    { limits: { down: 0 }, maxActiveDownloads: null, goals: { ratio: null, idleSeconds: null } },
  ]);
});

test("a value alone changes a limit that is on", async (t) => {
  t.deepEqual(await changesOf({ speed_limit_down: 70, seed_queue_size: 2 }), []);
  const engine = { limits: { down: 1_000 }, maxActiveSeeds: 5 };
  t.deepEqual(await changesOf({ speed_limit_down: 70.6, seed_queue_size: 2 }, engine), [
    { limits: { down: 70_000 }, maxActiveSeeds: 2 },
  ]);
});

test("the folder of unfinished torrents follows its switch", async (t) => {
  const engine = { incompleteDirectory: "/half" };
  t.deepEqual(await changesOf({ incomplete_dir: "/half", incomplete_dir_enabled: true }), [engine]);
  t.deepEqual(await changesOf({ incomplete_dir_enabled: true }), [
    { incompleteDirectory: "/data" },
  ]);
  t.deepEqual(await changesOf({ incomplete_dir: "/other" }), []);
  t.deepEqual(await changesOf({ incomplete_dir: "/other" }, engine), [
    { incompleteDirectory: "/other" },
  ]);
  t.deepEqual(await changesOf({ incomplete_dir_enabled: false }, engine), [
    { incompleteDirectory: null },
  ]);
  const service = new TransmissionService();
  const relative = service.jsonRpc("session_set", { incomplete_dir: "half" });
  await fails(t, relative, 3, /incomplete torrents directory path is not absolute/);
});

test("bounds of peers and trackers of all torrents are settings of the engine", async (t) => {
  t.deepEqual(
    await changesOf({
      peer_limit_global: 90,
      peer_limit_per_torrent: 20,
      default_trackers: "http://a.example/\n\nhttp://b.example/\nhttp://a.example/",
    }),
    [
      {
        defaultTrackers: ["http://a.example/", "http://b.example/"],
        maxConnections: 90,
        maxPeers: 20,
      },
    ],
  );
  const service = new TransmissionService();
  const tooFew = service.jsonRpc("session_set", { peer_limit_global: 1 });
  await fails(t, tooFew, -32_602, /maxConnections is 1/);
});

test("whether added torrents start is a setting of the engine", async (t) => {
  t.deepEqual(await changesOf({ start_added_torrents: false }), [{ startAdded: false }]);
  const service = new TransmissionService([], { "engine-settings": { startAdded: false } });
  const fields = ["start_added_torrents"];
  t.deepEqual(await service.result("session_get", { fields }), { start_added_torrents: false });
});

test("peer exchange is a setting of the engine", async (t) => {
  t.deepEqual(await changesOf({ pex_enabled: false }), [{ peerExchange: false }]);
  const service = new TransmissionService([], { "engine-settings": { peerExchange: false } });
  t.deepEqual(await service.result("session_get", { fields: ["pex_enabled"] }), {
    pex_enabled: false,
  });
});

test("the download folder is a setting of the engine, and an absolute path", async (t) => {
  t.deepEqual(await changesOf({ download_dir: "/films" }), [{ directory: "/films" }]);
  t.deepEqual(await changesOf({ download_dir: "/data" }), [], "it is that already");
  const service = new TransmissionService([], { "engine-settings": { directory: "/films" } });
  const fields = ["download_dir", "incomplete_dir"];
  t.deepEqual(await service.result("session_get", { fields }), {
    ...{ download_dir: "/films", incomplete_dir: "/films" },
  });
  await fails(t, service.jsonRpc("session_set", { download_dir: "films" }), 3, /is not absolute/);
});

test("all settings may be sent back as they are", async (t) => {
  const service = new TransmissionService();
  const all = await service.result("session_get");
  t.is((await service.jsonRpc("session_set", all)).error, undefined);
  const classic = await service.classic("session-get");
  t.is((await service.classic("session-set", classic.arguments)).result, "success");
});

test("D04: the transports follow their two switches and the list of preferred ones, in one setting", async (t) => {
  t.deepEqual(await changesOf({ utp_enabled: false }), [{ transport: "tcp" }]);
  t.deepEqual(await changesOf({ tcp_enabled: false }), [{ transport: "utp" }]);
  t.deepEqual(await changesOf({ utp_enabled: true }, { transport: "tcp" }), [
    { transport: "both" },
  ]);
  t.deepEqual(await changesOf({ preferred_transports: ["utp"] }), [{ transport: "utp" }]);
  t.deepEqual(await changesOf({ preferred_transports: ["utp", "tcp"] }), []);
  const service = new TransmissionService();
  const none = { tcp_enabled: false, utp_enabled: false };
  await fails(t, service.jsonRpc("session_set", none), -32_602, /are both false/);
  const other = { preferred_transports: ["quic"] };
  await fails(
    t,
    service.jsonRpc("session_set", other),
    -32_602,
    /allowed are lists of tcp and utp/,
  );
});

test("each setting of the page is set, or says that no call changes it", async (t) => {
  const constants: string[] = [];
  for (const name of specSessionSettings) {
    const service = new TransmissionService();
    const now = (await service.result("session_get", { fields: [name] }))[name];
    const { error } = await service.jsonRpc("session_set", { [name]: otherThan(now, name) });
    if (error === undefined) continue;
    t.is(error.code, 5, `${name}: ${error.data?.error_string}`);
    t.true(error.data?.error_string?.startsWith(`cannot set ${name} to `));
    constants.push(name);
  }
  t.is(constants.length, 21, constants.join(" "));
  t.false(constants.some((name) => /^(?:alt_|speed_|seed_|idle_|incomplete_)/.test(name)));
});

/** Another value of the same type. */
function otherThan(value: unknown, name: string): unknown {
  if (name === "encryption") return "required";
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 3;
  return typeof value === "string" ? "/other" : ["utp"];
}

test("facts that the page calls unchangeable, and unknown names, are ignored", async (t) => {
  const facts = specSessionFacts.filter((name) => name !== "tcp_enabled");
  const params = Object.fromEntries(facts.map((name) => [name, 1]));
  t.deepEqual(await changesOf({ ...params, unknown: [], constructor: 1 }), []);
});

test("a setting of a wrong type is refused, and none is changed", async (t) => {
  const service = new TransmissionService();
  const wrongs = [
    ["speed_limit_down", "fast"],
    ["speed_limit_down_enabled", "on"],
    ["seed_ratio_limit", [1]],
    ["default_trackers", 4],
    ["incomplete_dir", {}],
    ["alt_speed_time_day", "all"],
    ["dht_enabled", 7],
  ] as const;
  for (const [name, value] of wrongs) {
    const { error } = await service.jsonRpc("session_set", { [name]: value, seed_queue_size: 3 });
    t.is(error?.code, -32_602, name);
    t.regex(error?.data?.error_string ?? "", new RegExp(`option ${name} is `));
  }
  t.false(service.calls.made.some(([name]) => name === "set-engine"));
});

test("the classic names of settings do the same", async (t) => {
  const service = new TransmissionService();
  const given = { "speed-limit-up": 40, "speed-limit-up-enabled": true, seedRatioLimited: false };
  t.is((await service.classic("session-set", given)).result, "success");
  t.deepEqual(service.calls.made.at(-1), [
    "set-engine",
    { limits: { up: 40_000 }, goals: { ratio: null } },
  ]);
});
