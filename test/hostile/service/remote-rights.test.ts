// Programs, modules, files and guards that strangers set (CVE-2017-7178, CVE-2023-34237): every command and every setting that
// no row gives to callers elsewhere is refused, whatever its value is.

import test from "ava";
import { engineSettings, liveRows, torrentSettings, type SettingRows } from "@troupe/control";
import { commands, nestedSettings, type CommandRow } from "@troupe/control/commands";
import { httpRestarts, Served, type Answered } from "../../support/service/served.ts";

const torrent = "a".repeat(40);
const refusals: ReadonlySet<string> = new Set([
  "not-permitted",
  "option-unknown",
  "option-out-of-range",
]);

function assertRefused(
  t: { true(value: boolean, message: string): void },
  name: string,
  answer: Answered,
): void {
  t.true(answer.status === 403 || answer.status === 400, `${name}: ${answer.status}`);
  t.true(refusals.has(answer.body.error.code), `${name}: ${answer.body.error.code}`);
}

/** Settings without a row that gives them to callers elsewhere. */
function guarded(rows: SettingRows): string[] {
  return Object.keys(rows).filter((name) => rows[name]?.right !== "control");
}

async function settingsOf(served: Served): Promise<unknown> {
  return (await served.run("engine-settings", {})).body.result;
}

test("every command that is local is refused with a token that may control", async (t) => {
  await using served = await Served.open();
  const headers = await served.token("control");
  const rows = Object.entries(commands) as [string, CommandRow][];
  const local = rows.filter(([, { right }]) => right === undefined).map(([name]) => name);
  t.true(local.length > 0);
  for (const name of local) {
    const { status, body } = await served.run(name, {}, { headers });
    t.deepEqual([status, body.error.code], [403, "not-permitted"], name);
  }
  t.is((await served.run("list", {}, { headers })).status, 200);
});

test("case 97: every setting that is local is refused in set-engine, set and add, as a fitting value and as null", async (t) => {
  await using served = await Served.open();
  const settings = await settingsOf(served);
  await served.run("add", { source: torrent, state: "stopped" });
  const headers = await served.token("control");
  const values = [true, 1, "x", ["x"], null];
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    ["set-engine", guarded(engineSettings), {}],
    ["set", guarded(torrentSettings), { torrent }],
    ["add", guarded(torrentSettings), { source: "b".repeat(40), state: "stopped" }],
  ];
  for (const [command, names, rest] of cases) {
    t.true(names.length > 0);
    for (const name of names) {
      for (const value of values) {
        const given = { ...rest, ...nestedSettings({ [name]: value }) };
        const answer = await served.run(command, given, { headers });
        // A setting that is dropped from a torrent that has none changes nothing.
        if (command === "add" && value === null && answer.status === 200)
          await served.run("remove", { torrent: "b".repeat(40) });
        else assertRefused(t, `${command} ${name} ${JSON.stringify(value)}`, answer);
      }
    }
  }
  t.deepEqual(await settingsOf(served), settings);
  t.is(await httpRestarts(served), 0);
});

test("a setting that changes while an engine runs, has no right and a fitting value is refused by its right", async (t) => {
  await using served = await Served.open();
  const headers = await served.token("control");
  const fitting: Readonly<Record<string, unknown>> = {
    allow: ["192.0.2.0/24"],
    dscp: 8,
    blockedPorts: [25],
    proxy: "socks5://192.0.2.7:1080",
    anonymous: true,
  };
  const live = liveRows(engineSettings);
  for (const [name, value] of Object.entries(fitting)) {
    if (!Object.hasOwn(live, name) || live[name]?.right === "control") continue;
    const answer = await served.run("set-engine", { [name]: value }, { headers });
    t.deepEqual([answer.status, answer.body.error.code], [403, "not-permitted"], name);
  }
  t.is((await served.run("set-engine", { maxPeers: 5 }, { headers })).status, 200);
});

const form = { "content-type": "application/x-www-form-urlencoded" };
const preferences = {
  ...{ autorun_enabled: true, autorun_program: "touch /tmp/owned", web_ui_username: "x" },
  ...{ autorun_on_torrent_added_enabled: true, autorun_on_torrent_added_program: "id" },
  ...{ web_ui_password: "yyyyyyyyyyyyyy", web_ui_address: "0.0.0.0", web_ui_port: 1 },
  ...{ bypass_local_auth: true, bypass_auth_subnet_whitelist_enabled: true },
  ...{ bypass_auth_subnet_whitelist: "0.0.0.0/0", web_ui_domain_list: "*" },
  ...{ web_ui_csrf_protection_enabled: false, web_ui_clickjacking_protection_enabled: false },
  ...{ web_ui_host_header_validation_enabled: false, alternative_webui_path: "/etc" },
  ...{ alternative_webui_enabled: true, ip_filter_path: "/etc/shadow", ip_filter_enabled: true },
  ...{ scan_dirs: { "/etc": 0 }, export_dir: "/etc", proxy_ip: "192.0.2.7", proxy_type: 2 },
  ...{ web_ui_https_cert_path: "/etc/passwd", web_ui_https_key_path: "/etc/shadow" },
  ...{ current_network_interface: "lo", anonymous_mode: true, announce_ip: "10.0.0.1" },
  ...{ save_path: "/etc", temp_path_enabled: true, temp_path: "/etc" },
} as const;

test("qBittorrent's programs, files and guards are refused or ignored, one by one and together", async (t) => {
  await using served = await Served.open();
  const settings = await settingsOf(served);
  const headers = { ...(await served.token("control")), ...form };
  const set = async (changes: object): Promise<Answered> =>
    await served.ask("/api/v2/app/setPreferences", {
      headers,
      text: new URLSearchParams({ json: JSON.stringify(changes) }).toString(),
    });
  const before = (await served.ask("/api/v2/app/preferences", { headers })).text;
  for (const [name, value] of Object.entries(preferences)) await set({ [name]: value });
  t.not((await set(preferences)).status, 200);
  t.is((await served.ask("/api/v2/app/preferences", { headers })).text, before);
  t.deepEqual(await settingsOf(served), settings);
});

test("preferences that are too deep are refused, and the actor http stays", async (t) => {
  await using served = await Served.open();
  const headers = { ...(await served.token("control")), ...form };
  const deep = `{"dl_limit":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const answer = await served.ask("/api/v2/app/setPreferences", {
    headers,
    text: new URLSearchParams({ json: deep }).toString(),
  });
  t.is(answer.status, 400);
  t.is(await httpRestarts(served), 0);
});

test("Transmission's programs, files and guards are refused or ignored in both dialects", async (t) => {
  await using served = await Served.open();
  const settings = await settingsOf(served);
  const token = await served.token("control");
  const first = await served.ask("/transmission/rpc", { headers: token, body: {} });
  const id = String(first.headers["x-transmission-session-id"]);
  const headers = { ...token, "x-transmission-session-id": id };
  const names: Readonly<Record<string, unknown>> = {
    ...{ "script-torrent-done-enabled": true, "script-torrent-done-filename": "/bin/true" },
    ...{ "script-torrent-added-enabled": true, "script-torrent-added-filename": "/bin/true" },
    ...{ "script-torrent-done-seeding-enabled": true, "blocklist-url": "file:///etc/passwd" },
    ...{ "blocklist-enabled": true, "config-dir": "/etc", "rpc-whitelist": "*" },
    ...{ "rpc-host-whitelist-enabled": false, "rpc-authentication-required": false },
    ...{ "download-dir": "/etc", "incomplete-dir": "/etc" },
    ...{ "watch-dir": "/etc", "default-trackers": "http://169.254.169.254/latest" },
  };
  const snake = (name: string): string => name.replaceAll("-", "_");
  for (const [name, value] of Object.entries(names)) {
    const classic = { method: "session-set", arguments: { [name]: value } };
    const params = { [snake(name)]: value };
    const modern = { jsonrpc: "2.0", id: 1, method: "session_set", params };
    for (const body of [classic, modern])
      t.true((await served.ask("/transmission/rpc", { headers, body })).status < 500, name);
  }
  t.deepEqual(await settingsOf(served), settings);
  t.is(await httpRestarts(served), 0);
});
