import test from "ava";
import { preferenceNames } from "../support/preference-names.ts";
import { QbittorrentClient } from "../support/qbittorrent-client.ts";

const engine = {
  directory: "/films",
  maxConnections: 300,
  maxPeers: 40,
  maxActiveDownloads: 3,
  maxActiveSeeds: 4,
  incompleteDirectory: "/data/incomplete",
  exclude: ["*.nfo", "Sample/**"],
  checkAtCompletion: true,
  announceAddress: "192.0.2.7",
  startAdded: false,
  transport: "utp",
  mixedMode: "prefer-tcp",
  peerExchange: false,
  defaultTrackers: ["http://a.example/x", "udp://b.example:1"],
  limits: { down: 50_000, up: 60_000, protocol: false, localNetworks: true },
  goals: { ratio: 1.5, seedSeconds: 7_230, action: "remove" },
};
const bans = [
  { address: "192.0.2.1", since: 1 },
  { address: "2001:db8::/64", since: 2 },
];

/** Preferences of an engine with these settings, and of one without any. */
const facts: Readonly<Record<string, readonly [set: unknown, unset: unknown]>> = {
  save_path: ["/films", "/data"],
  temp_path_enabled: [true, false],
  temp_path: ["/data/incomplete", ""],
  excluded_file_names_enabled: [true, false],
  excluded_file_names: ["*.nfo\nSample/**", ""],
  recheck_completed_torrents: [true, false],
  listen_port: [6_881, 6_881],
  max_connec: [300, 500],
  max_connec_per_torrent: [40, 200],
  max_active_downloads: [3, -1],
  max_active_uploads: [4, -1],
  dl_limit: [50_000, 0],
  up_limit: [60_000, 0],
  limit_tcp_overhead: [false, true],
  limit_lan_peers: [true, false],
  max_ratio_enabled: [true, false],
  max_ratio: [1.5, -1],
  max_seeding_time_enabled: [true, false],
  max_seeding_time: [120, -1],
  max_ratio_act: [1, 0],
  add_trackers_enabled: [true, false],
  add_trackers: ["http://a.example/x\nudp://b.example:1", ""],
  announce_ip: ["192.0.2.7", ""],
  start_paused_enabled: [true, false],
  bittorrent_protocol: [2, 0],
  utp_tcp_mixed_mode: [0, 1],
  banned_IPs: ["192.0.2.1\n2001:db8::/64", ""],
  // Read by Sonarr and Flood.
  dht: [true, true],
  pex: [false, true],
  queueing_enabled: [true, true],
  random_port: [false, false],
};

const setClient = () => new QbittorrentClient([], { "engine-settings": engine, bans });

for (const [name, [set, unset]] of Object.entries(facts))
  test(`the preference ${name} is ${JSON.stringify(set)}, and ${JSON.stringify(unset)} with nothing set`, async (t) => {
    t.deepEqual((await setClient().get("app/preferences")).json[name], set);
    t.deepEqual((await new QbittorrentClient().post("app/preferences")).json[name], unset);
  });

test("the preferences have the names and types of qBittorrent 4.5.2, and no other", async (t) => {
  const { json } = await setClient().get("app/preferences");
  const types = { flag: "boolean", number: "number", text: "string", object: "object" } as const;
  const expected: [string, string][] = [];
  for (const [kind, names] of Object.entries(preferenceNames))
    for (const name of names.trim().split(/\s+/))
      expected.push([name, types[kind as keyof typeof types]]);
  const seen = Object.entries(json).map(([name, value]) => [name, typeof value]);
  t.true(expected.length > 170);
  t.deepEqual(Object.fromEntries(seen), Object.fromEntries(expected));
});

test("preferences of the settings file are those of the service, and no call changes them", async (t) => {
  const seen = async (isOn: boolean): Promise<unknown> => {
    const facts = {
      ...{ usesDht: isOn, usesLocalDiscovery: isOn },
      ...{ mapsPort: isOn, marksUnfinishedFiles: isOn },
    };
    const client = new QbittorrentClient([], {}, {}, facts);
    const { dht, incomplete_files_ext, lsd, upnp } = (await client.get("app/preferences")).json;
    const json = JSON.stringify({ lsd: !isOn });
    t.is((await client.post("app/setPreferences", { json })).status, 409);
    return { dht, incomplete_files_ext, lsd, upnp };
  };
  for (const isOn of [true, false])
    t.deepEqual(await seen(isOn), {
      ...{ dht: isOn, incomplete_files_ext: isOn, lsd: isOn, upnp: isOn },
    });
});

test("each action at a goal has its number", async (t) => {
  const actions = { stop: 0, pause: 0, remove: 1, "super-seed": 2, "remove-with-files": 3 };
  for (const [action, number] of Object.entries(actions)) {
    const client = new QbittorrentClient([], { "engine-settings": { goals: { action } } });
    t.is((await client.get("app/preferences")).json["max_ratio_act"], number, action);
  }
});

test("goals that are turned off are not shown", async (t) => {
  const goals = { ratio: 2, seedSeconds: 60, action: "none" };
  const client = new QbittorrentClient([], { "engine-settings": { goals } });
  const { json } = await client.get("app/preferences");
  t.like(json, { max_ratio_enabled: false, max_ratio: -1, max_seeding_time_enabled: false });
});

async function set(client: QbittorrentClient, wanted: unknown): Promise<number> {
  return (await client.post("app/setPreferences", { json: JSON.stringify(wanted) })).status;
}

/** Preferences that a client sets, and the settings that they become. */
const changes: readonly (readonly [wanted: object, settings: object])[] = [
  [{ dl_limit: 10_000, up_limit: "20000" }, { limits: { down: 10_000, up: 20_000 } }],
  [{ dl_limit: 0, up_limit: -1 }, { limits: { down: null, up: null } }],
  [
    { limit_tcp_overhead: true, limit_lan_peers: "false" },
    { limits: { protocol: true, localNetworks: false } },
  ],
  [
    { max_connec: 100, max_connec_per_torrent: 9 },
    { maxConnections: 100, maxPeers: 9 },
  ],
  [
    { max_active_downloads: -1, max_active_uploads: 0 },
    { maxActiveDownloads: null, maxActiveSeeds: 0 },
  ],
  [{ temp_path_enabled: false }, { incompleteDirectory: null }],
  [{ temp_path: "/data/new" }, { incompleteDirectory: "/data/new" }],
  [{ excluded_file_names: "a\n\n b " }, { exclude: ["a", "b"] }],
  [{ excluded_file_names_enabled: false }, { exclude: null }],
  [{ add_trackers: "" }, { defaultTrackers: null }],
  [{ pex: true }, { peerExchange: true }],
  [{ save_path: " /shows" }, { directory: "/shows" }],
  [{ start_paused_enabled: false }, { startAdded: true }],
  [{ announce_ip: " " }, { announceAddress: null }],
  [{ bittorrent_protocol: 1 }, { transport: "tcp" }],
  [{ utp_tcp_mixed_mode: 1 }, { mixedMode: "proportional" }],
  [{ announce_ip: "192.0.2.9" }, { announceAddress: "192.0.2.9" }],
  [{ max_ratio_enabled: false }, { goals: { ratio: null } }],
  [{ max_ratio: 3.5 }, { goals: { ratio: 3.5 } }],
  [
    { max_seeding_time: 10, max_ratio_act: 3 },
    { goals: { seedSeconds: 600, action: "remove-with-files" } },
  ],
  [{ max_seeding_time_enabled: false, max_seeding_time: -1 }, { goals: { seedSeconds: null } }],
  [{ recheck_completed_torrents: false }, { checkAtCompletion: false }],
];

for (const [wanted, settings] of changes)
  test(`${JSON.stringify(wanted)} sets ${JSON.stringify(settings)}`, async (t) => {
    const client = setClient();
    t.is(await set(client, wanted), 200);
    t.deepEqual(client.made, [["set-engine", settings]]);
  });

test("all preferences that are shown can be sent back, and change nothing", async (t) => {
  const client = setClient();
  t.is(await set(client, (await client.get("app/preferences")).json), 200);
  t.deepEqual(client.made, []);
});

test("preferences of other versions change nothing", async (t) => {
  const client = setClient();
  t.is(await set(client, { no_such_preference: 5, constructor: 1 }), 200);
  t.deepEqual(client.made, []);
});

test("a preference that cannot change refuses the whole change with 409", async (t) => {
  const client = setClient();
  const form = { json: JSON.stringify({ dl_limit: 10_000, dht: false, upnp: false }) };
  const { status, text } = await client.post("app/setPreferences", form);
  t.is(status, 409);
  t.is(text, "cannot change dht, upnp: the settings on the machine of the service decide");
  t.deepEqual(client.made, []);
});

test("programs and guards cannot be set", async (t) => {
  const client = setClient();
  for (const wanted of [
    { autorun_enabled: true, autorun_program: "sh -c id" },
    { web_ui_username: "x" },
    { web_ui_csrf_protection_enabled: false },
    { bypass_local_auth: true },
    { alternative_webui_enabled: true, alternative_webui_path: "/etc" },
    { proxy_type: 1 },
    { scan_dirs: { "/etc": 1 } },
  ])
    t.is(await set(client, wanted), 409, JSON.stringify(wanted));
  t.is(await set(client, { web_ui_password: "x" }), 200);
  t.deepEqual(client.made, []);
});

test("bans are added and lifted", async (t) => {
  const client = setClient();
  t.is(await set(client, { banned_IPs: "192.0.2.1\n192.0.2.2\n" }), 200);
  t.deepEqual(client.made, [
    ["ban", { addresses: ["192.0.2.2"] }],
    ["lift-ban", { addresses: ["2001:db8::/64"] }],
  ]);
});

test("values of wrong types are refused with 400", async (t) => {
  const client = setClient();
  for (const wanted of [
    { dl_limit: "fast" },
    { dl_limit: 1.5 },
    { dl_limit: null },
    { dl_limit: {} },
    { limit_lan_peers: 7 },
    { temp_path: 5 },
    { max_ratio: "x" },
    { max_ratio: [] },
    { max_ratio_act: 9 },
    { banned_IPs: 5 },
  ])
    t.is(await set(client, wanted), 400, JSON.stringify(wanted));
  t.deepEqual(client.made, []);
});

test("a parameter that is no object of JSON is refused with 400", async (t) => {
  const client = setClient();
  for (const json of ["", "abc", "[]", "null", "5", '"x"'])
    t.is((await client.post("app/setPreferences", { json })).status, 400, json);
  t.is((await client.post("app/setPreferences")).status, 400);
  t.is(await set(client, {}), 200);
});

test("a value that the engine refuses is refused with its sentence", async (t) => {
  const client = new QbittorrentClient();
  const { status, text } = await client.post("app/setPreferences", { json: '{"dl_limit":5}' });
  t.is(status, 400);
  t.regex(text, /^option limits.down is 5; allowed is 0 or a whole number from 1000/);
  t.deepEqual(client.made, []);
});
