// Other clients that take three torrents, and end: an album, a film that is paused, and a part of a disk image.

import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../programs/free-port.ts";
import { runProcess, startProcess, type RunningProcess } from "../programs/process.ts";
import { until } from "../time/until.ts";
import { foundIn, listens, untilIn } from "./daemon.ts";
import { writeQbittorrentSettings } from "./qbittorrent-settings.ts";

const host = "127.0.0.1";

/** The torrents and the folder of their data. */
export interface LeftTorrents {
  readonly data: string;
  /** Paths of the .torrents: album, film, part. */
  readonly torrents: readonly [string, string, string];
  readonly infoHashes: readonly [string, string, string];
}

/** A client, and how it ends. */
type LeaveClient = (folder: string, left: LeftTorrents, isKilled: boolean) => Promise<string>;

async function end(process: RunningProcess, isKilled: boolean, signal: NodeJS.Signals) {
  if (isKilled) await process.stop(0, "SIGKILL");
  else await process.stop(20_000, signal);
}

/** Settles when the client has saved a state of each torrent. */
async function haveFiles(pattern: string, folder: string, count: number): Promise<void> {
  await until(
    `${count} files ${pattern}`,
    () => globSync(pattern, { cwd: folder }).length >= count,
  );
}

/** transmission-daemon. @returns Its configuration folder. */
export const leaveTransmission: LeaveClient = async (folder, { data, torrents }, isKilled) => {
  const port = await freePort(host);
  const settings = {
    ...{ "rpc-bind-address": host, "rpc-port": port, "peer-port": await freePort(host) },
    ...{ "dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false },
    ...{ "port-forwarding-enabled": false, "rpc-whitelist-enabled": false },
    ...{ "rpc-authentication-required": false, "bind-address-ipv4": host, "download-dir": data },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  const command = ["transmission-daemon", "-f", "-g", folder];
  const process = await startProcess(command, { debianPackage: "transmission-daemon" });
  let session = "";
  const call = async (method: string, args: object): Promise<Record<string, unknown>> => {
    const body = JSON.stringify({ method, arguments: args });
    const reply = await foundIn(process, "Transmission answers", async () => {
      const headers = { "X-Transmission-Session-Id": session };
      const answered = await fetch(`http://${host}:${port}/transmission/rpc`, {
        ...{ method: "POST", headers, body },
      });
      session = answered.headers.get("X-Transmission-Session-Id") ?? session;
      return answered.ok ? answered : undefined;
    });
    const answer = (await reply.json()) as { arguments: Record<string, unknown> };
    return answer.arguments;
  };
  for (const filename of torrents) await call("torrent-add", { filename, "download-dir": data });
  const listed = async () =>
    (await call("torrent-get", { fields: ["id", "status", "haveValid"] }))["torrents"] as readonly {
      id: number;
      status: number;
      haveValid: number;
    }[];
  await until("the checks of Transmission", async () => {
    const started = (await listed()).filter(({ status }) => status === 4 || status === 6);
    // A check that is asked for during the one of the add may be forgotten.
    const unchecked = started.filter(({ haveValid }) => haveValid === 0).map(({ id }) => id);
    if (unchecked.length > 0) await call("torrent-verify", { ids: unchecked });
    return started.length === torrents.length && unchecked.length === 0;
  });
  const chosen = { "files-unwanted": [2], "priority-high": [1], labels: ["kept"] };
  await call("torrent-set", { ids: [1], ...chosen, seedRatioLimit: 1.5, seedRatioMode: 1 });
  await call("torrent-rename-path", { ids: [1], path: "album/a.bin", name: "one.bin" });
  // It saves what it knows of a torrent at each stop, else after six minutes.
  await call("torrent-stop", { ids: [1, 2, 3] });
  await until("the stops", async () => (await listed()).every(({ status }) => status === 0));
  await call("torrent-start", { ids: [1, 3] });
  await haveFiles("resume/*.resume", folder, torrents.length);
  await end(process, isKilled, "SIGTERM");
  return folder;
};

/** rtorrent. @returns Its session folder. */
export const leaveRtorrent: LeaveClient = async (
  folder,
  { data, torrents, infoHashes },
  isKilled,
) => {
  mkdirSync(folder, { recursive: true });
  const [album, film, part] = torrents;
  const port = await freePort("127.0.0.3");
  const resources = join(folder, "rtorrent.rc");
  writeFileSync(
    resources,
    `
system.daemon.set = true
directory.default.set = ${data}
session.path.set = ${folder}
network.bind_address.set = 127.0.0.3
network.port_range.set = ${port}-${port}
network.port_random.set = no
dht.mode.set = disable
protocol.pex.set = no
trackers.use_udp.set = no
load.start = ${album}, "d.custom1.set=kept"
load.normal = ${film}
load.start = ${part}
schedule2 = save, 2, 2, "session.save="
`,
  );
  const command = ["rtorrent", "-n", "-o", `import=${resources}`];
  const process = await startProcess(command, { debianPackage: "rtorrent" });
  const resumeOf = (hash: string): string =>
    join(folder, `${hash.toUpperCase()}.torrent.libtorrent_resume`);
  await until("the checks of rtorrent", async () =>
    [infoHashes[0], infoHashes[2]].every((hash) => {
      const path = resumeOf(hash);
      return existsSync(path) && readFileSync(path, "latin1").includes("8:bitfield");
    }),
  );
  await end(process, isKilled, "SIGINT");
  return folder;
};

/** qbittorrent-nox. @returns Its profile. */
export const leaveQbittorrent: LeaveClient = async (
  folder,
  { data, torrents, infoHashes },
  isKilled,
) => {
  const webPort = await freePort(host);
  const web = ["WebUI\\LocalHostAuth=false"];
  writeQbittorrentSettings(folder, { port: await freePort(host), webPort, session: [], web });
  const places = [`--profile=${folder}`, `--save-path=${data}`, "--add-paused=false"];
  const command = ["qbittorrent-nox", ...places, ...torrents];
  const process = await startProcess(command, { debianPackage: "qbittorrent-nox" });
  const url = `http://${host}:${webPort}/api/v2/torrents`;
  const call = async (name: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    const reply = await fetch(`${url}/${name}`, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    if (!reply.ok) throw new Error(`qBittorrent answered ${name} with ${reply.status}`);
  };
  await until("the checks of qBittorrent", async () => {
    const reply = await fetch(`${url}/info`).catch(() => undefined);
    if (reply?.ok !== true) return false;
    const listed = (await reply.json()) as readonly { state: string; completed: number }[];
    const isReady = ({ state, completed }: (typeof listed)[number]): boolean =>
      completed > 0 && !state.startsWith("checking");
    return listed.length === torrents.length && listed.every(isReady);
  });
  const [hash, film] = infoHashes;
  await call("addTags", { hashes: hash, tags: "kept" });
  await call("filePrio", { hash, id: "2", priority: "0" });
  await call("filePrio", { hash, id: "1", priority: "6" });
  await call("renameFile", { hash, oldPath: "album/a.bin", newPath: "album/one.bin" });
  const goals = { ratioLimit: "1.5", seedingTimeLimit: "-2", inactiveSeedingTimeLimit: "-2" };
  await call("setShareLimits", { hashes: hash, ...goals });
  await call("pause", { hashes: film });
  await haveFiles("**/*.fastresume", folder, torrents.length);
  await end(process, isKilled, "SIGTERM");
  return folder;
};

/** deluged. @returns Its configuration folder. */
export const leaveDeluge: LeaveClient = async (folder, { data, torrents }, isKilled) => {
  mkdirSync(folder, { recursive: true });
  const port = await freePort(host);
  const peers = await freePort(host);
  const settings = {
    ...{ daemon_port: port, listen_ports: [peers, peers], random_port: false, dht: false },
    ...{ lsd: false, upnp: false, natpmp: false, utpex: false, listen_interface: host },
    ...{ new_release_check: false, download_location: data },
  };
  writeFileSync(
    join(folder, "core.conf"),
    `${JSON.stringify({ file: 1, format: 1 })}${JSON.stringify(settings)}`,
  );
  // Its log does not run on this Python.
  const command = ["deluged", "-d", "-c", folder, "-L", "none"];
  const process = await startProcess(command, { debianPackage: "deluged" });
  await until("the list of users of Deluge", () => existsSync(join(folder, "auth")));
  await untilIn(process, "Deluge listens", () => listens(`${host}:${port}`));
  const program = fileURLToPath(new URL("deluge_calls.py", import.meta.url));
  await runProcess(["/usr/bin/python3", program, folder, `${port}`, data, ...torrents]);
  await end(process, isKilled, "SIGTERM");
  return folder;
};
