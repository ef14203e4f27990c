// Folders and names outside the roots, in every argument of every dialect that names a path (qBittorrent 4.5.1, Deluge
// GHSL-2024-191): the torrent is not added or moved, and nothing is written there.

import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { buildTorrent } from "../../support/service/named-torrent.ts";
import { httpRestarts, Served, type Answered } from "../../support/service/served.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const magnet = (digit: string): string => `magnet:?xt=urn:btih:${digit.repeat(40)}`;

/** Folders that no root holds. A backslash is a letter of a name on Linux, and separates nothing. */
function outside({ folder }: Served): string[] {
  const data = join(folder, "data");
  return [
    join(homedir(), ".ssh"),
    "/etc",
    "/",
    join(folder, "state"),
    `${data}/../state`,
    `${data}/x/../../state`,
    `${data}//../state`,
    `${data}/link`,
    `${data}/link/below`,
    `${data}-beside`,
    "../state",
  ];
}

interface Caller {
  readonly served: Served;
  readonly token: Readonly<Record<string, string>>;
  readonly session: Readonly<Record<string, string>>;
}

async function open(): Promise<Caller & AsyncDisposable> {
  const served = await Served.open();
  mkdirSync(join(served.folder, "data"), { recursive: true });
  symlinkSync(join(served.folder, "state"), join(served.folder, "data/link"));
  const token = await served.token("control");
  const first = await served.ask("/transmission/rpc", { headers: token, body: {} });
  const id = String(first.headers["x-transmission-session-id"]);
  const session = { ...token, "x-transmission-session-id": id };
  const close = async (): Promise<void> => await served[Symbol.asyncDispose]();
  return { served, token, session, [Symbol.asyncDispose]: close };
}

const classic = async ({ served, session }: Caller, method: string, given: object) =>
  await served.ask("/transmission/rpc", { headers: session, body: { method, arguments: given } });
const modern = async ({ served, session }: Caller, method: string, params: object) =>
  await served.ask("/transmission/rpc", {
    headers: session,
    body: { jsonrpc: "2.0", id: 1, method, params },
  });
const posted = async ({ served, token }: Caller, path: string, fields: Record<string, string>) =>
  await served.ask(`/api/v2/${path}`, {
    headers: { ...token, ...form },
    text: new URLSearchParams(fields).toString(),
  });

/** The ways to add a torrent to a folder. */
const adds: Readonly<Record<string, (caller: Caller, path: string) => Promise<Answered>>> = {
  "add directory": async ({ served, token }, directory) =>
    await served.run("add", { source: magnet("b"), directory }, { headers: token }),
  "add incompleteDirectory": async ({ served, token }, incompleteDirectory) =>
    await served.run("add", { source: magnet("b"), incompleteDirectory }, { headers: token }),
  "add moveTo": async ({ served, token }, moveTo) =>
    await served.run("add", { source: magnet("b"), moveTo }, { headers: token }),
  "torrent-add download-dir": async (caller, path) =>
    await classic(caller, "torrent-add", { filename: magnet("b"), "download-dir": path }),
  "torrent_add download_dir": async (caller, path) =>
    await modern(caller, "torrent_add", { filename: magnet("b"), download_dir: path }),
  "torrents/add savepath": async (caller, savepath) =>
    await posted(caller, "torrents/add", { urls: magnet("b"), savepath }),
  "torrents/add downloadPath": async (caller, downloadPath) =>
    await posted(caller, "torrents/add", {
      urls: magnet("b"),
      downloadPath,
      useDownloadPath: "true",
    }),
};

for (const [name, add] of Object.entries(adds)) {
  test(`${name}: no folder outside the roots is one, ~/.ssh neither`, async (t) => {
    await using caller = await open();
    for (const path of outside(caller.served)) {
      await add(caller, path);
      t.is(caller.served.coordinator.torrents.length, 0, path);
    }
    await add(caller, join(caller.served.folder, "data/films"));
    t.is(caller.served.coordinator.torrents.length, 1, "a folder below a root is allowed");
    t.is(await httpRestarts(caller.served), 0);
  });
}

const hash = "a".repeat(40);
/** The ways to move a torrent or its engine to a folder. */
const moves: Readonly<Record<string, (caller: Caller, path: string) => Promise<Answered>>> = {
  move: async ({ served, token }, directory) =>
    await served.run("move", { torrent: hash, directory }, { headers: token }),
  "set moveTo": async ({ served, token }, moveTo) =>
    await served.run("set", { torrent: hash, moveTo }, { headers: token }),
  "set-engine incompleteDirectory": async ({ served, token }, incompleteDirectory) =>
    await served.run("set-engine", { incompleteDirectory }, { headers: token }),
  "torrent-set-location": async (caller, location) =>
    await classic(caller, "torrent-set-location", { ids: [hash], location, move: true }),
  torrent_set_location: async (caller, location) =>
    await modern(caller, "torrent_set_location", { ids: [hash], location, move: true }),
  "session-set incomplete-dir": async (caller, path) =>
    await classic(caller, "session-set", {
      "incomplete-dir": path,
      "incomplete-dir-enabled": true,
    }),
  "session-set download-dir": async (caller, path) =>
    await classic(caller, "session-set", { "download-dir": path }),
  "free-space": async (caller, path) => await classic(caller, "free-space", { path }),
  "torrents/setLocation": async (caller, location) =>
    await posted(caller, "torrents/setLocation", { hashes: hash, location }),
  "torrents/setSavePath": async (caller, path) =>
    await posted(caller, "torrents/setSavePath", { id: hash, path }),
  "torrents/createCategory": async (caller, savePath) =>
    await posted(caller, "torrents/createCategory", { category: `c${savePath.length}`, savePath }),
};

test("case 97: no control of any dialect moves a torrent or the engine's folders outside the roots", async (t) => {
  await using caller = await open();
  const { served } = caller;
  await served.run("add", { source: hash, state: "stopped" });
  const state = async (): Promise<unknown> => [
    (await served.run("status", { torrent: hash })).body.result,
    (await served.run("engine-settings", {})).body.result,
  ];
  const before = await state();
  for (const [name, move] of Object.entries(moves)) {
    for (const path of outside(served)) {
      const { status, body, text } = await move(caller, path);
      const isRefused =
        status >= 400 || (body?.result !== undefined && body.result !== "success") || body?.error;
      t.truthy(isRefused, `${name} ${path}: ${status} ${text.slice(0, 200)}`);
    }
  }
  t.deepEqual(await state(), before);
  t.is(await httpRestarts(served), 0);
});

test("a file is renamed within its torrent alone, by no dialect to another place", async (t) => {
  await using caller = await open();
  const { served, token } = caller;
  const metainfo = buildTorrent("payload").toString("base64");
  const added = await served.run("add", { metainfo, state: "stopped" });
  const torrent = String(added.body.result);
  const names = ["../x", "..", "/etc/x", "a/../../x", String.raw`..\x`, "a//../../x", ".", "x\0y"];
  const files = async (): Promise<unknown> => (await served.run("files", { torrent })).body.result;
  const before = JSON.stringify(await files());
  for (const to of names) {
    await served.run("rename", { torrent, from: "payload", to }, { headers: token });
    await classic(caller, "torrent-rename-path", { ids: [torrent], path: "payload", name: to });
    await modern(caller, "torrent_rename_path", { ids: [torrent], path: "payload", name: to });
    for (const way of ["renameFile", "renameFolder"])
      await posted(caller, `torrents/${way}`, { hash: torrent, oldPath: "payload", newPath: to });
    const after = JSON.stringify(await files());
    // A backslash is a letter of a name, or is replaced; it leads nowhere.
    if (to.includes("\\")) t.notRegex(after, /"\.\.\//, to);
    else t.is(after, before, to);
  }
  t.false(existsSync(join(served.folder, "x")));
  t.is(await httpRestarts(served), 0);
});

test("what a caller elsewhere adds is a link or bytes, never the path of a file", async (t) => {
  await using caller = await open();
  const { served, token } = caller;
  const paths = [
    "/etc/passwd",
    "file:///etc/passwd",
    "../a.torrent",
    String.raw`\\host\share\a`,
    "ftp://a/b",
  ];
  for (const path of paths) {
    t.not((await served.run("add", { source: path }, { headers: token })).status, 200, path);
    t.not((await served.run("add", { path }, { headers: token })).status, 200, path);
    t.not((await classic(caller, "torrent-add", { filename: path })).body.result, "success", path);
    t.truthy((await modern(caller, "torrent_add", { filename: path })).body.error, path);
    t.is((await posted(caller, "torrents/add", { urls: path })).text, "Fails.", path);
  }
  t.is(served.coordinator.torrents.length, 0);
});
