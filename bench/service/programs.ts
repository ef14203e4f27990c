// The programs that are polled: ours, Transmission and qBittorrent, each with the same stopped torrents.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "@troupe/protocol/bencode";
import { writeQbittorrentSettings } from "../../test/support/clients/qbittorrent-settings.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { freePort } from "../../test/support/programs/free-port.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { answers, connectTo, type Place, type Polled } from "./polled.ts";
import { StoppableFolder } from "./stopped-files.ts";

const host = "127.0.0.1";

/** The folders of all programs that stop: none, those of the data, or those of the data and of the state. */
export type StoppedFolders = "both" | "data" | "none";

/** A program, by its name: `idle troupe` is another one of ours. */
export type ProgramName = "idle troupe" | "qbittorrent" | "transmission" | "troupe";

interface Programs extends AsyncDisposable {
  readonly list: readonly Polled[];
}

interface Started {
  readonly program: RunningProcess;
  readonly place: Place;
}

const starters: Readonly<Record<ProgramName, (folder: string) => Promise<Started>>> = {
  troupe: (folder) => startTroupe(folder, "troupe"),
  "idle troupe": (folder) => startTroupe(folder, "idle troupe"),
  transmission: startTransmission,
  qbittorrent: startQbittorrent,
};

/** Starts the programs, adds the torrents, and then stops file systems. */
export async function startPrograms(
  names: readonly ProgramName[],
  torrents: number,
  stopped: StoppedFolders,
): Promise<Programs> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("bench-service"));
  const mounts: StoppableFolder[] = [];
  if (stopped !== "none") mounts.push(await StoppableFolder.mount(join(folder.path, "data")));
  if (stopped === "both") mounts.push(await StoppableFolder.mount(join(folder.path, "state")));
  for (const mount of mounts) stack.use(mount);
  const files = Array.from({ length: torrents }, (_, index) => torrentFile(index));
  const list: Polled[] = [];
  for (const name of names) {
    const { program, place } = await starters[name](folder.path);
    stack.defer(async () => void (await program.stop()));
    const polled = stack.use(await connectTo(program, place));
    for (const file of files) await polled.add(file, "stopped");
    list.push(polled);
    console.log(`${name} has ${torrents} torrents`);
  }
  // Each program comes to rest.
  await sleep(5_000);
  for (const mount of mounts) mount.stop();
  // Before the programs end, which wait for their disks.
  stack.defer(() => {
    for (const mount of mounts) mount.goOn();
  });
  const held = stack.move();
  return { list, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** A torrent that no tracker and no peer has. */
export function torrentFile(index: number): Uint8Array {
  const piece = createHash("sha1").update(String(index)).digest();
  const info = {
    ...{ length: 40_000, name: `a torrent with the number ${index}.bin` },
    ...{ "piece length": 65_536, pieces: piece },
  };
  return encode({ announce: "http://127.0.0.1:1/announce", info });
}

async function startTroupe(folder: string, name: ProgramName): Promise<Started> {
  const port = await freePort(host);
  const state = join(folder, "state", name);
  const settings = join(folder, `${name}.yaml`);
  writeFileSync(settings, `localHosts: ["${host}"]\n`);
  const program = await startProcess([
    ...[process.execPath, "packages/cli/bin/troupe.mjs", "serve"],
    ...["--dir", join(folder, "data", name), "--settings", settings],
    ...["--state-dir", state, "--listen", `${host}:${port}`, "--port", "0", "--bind", host],
    ...["--no-dht", "--no-lsd", "--no-port-mapping"],
  ]);
  await answers(port, "/api/v1/health");
  const password = readFileSync(join(state, "service/first-password"), "utf8").trim();
  const speaks = ["transmission", "qbittorrent"] as const;
  return { program, place: { name, port, speaks, user: "troupe", password } };
}

async function startTransmission(folder: string): Promise<Started> {
  const port = await freePort(host);
  const profile = join(folder, "state/transmission");
  mkdirSync(profile, { recursive: true });
  writeFileSync(
    join(profile, "settings.json"),
    JSON.stringify({
      "dht-enabled": false,
      "lpd-enabled": false,
      // It would wait for an answer over UDP first.
      "utp-enabled": false,
      "download-dir": join(folder, "data/transmission"),
      "peer-port": await freePort(host),
    }),
  );
  const program = await startProcess(
    ["transmission-daemon", "-f", "-g", profile, "-p", String(port), "-a", host, "-T"],
    { debianPackage: "transmission-daemon" },
  );
  await answers(port, "/transmission/rpc");
  return { program, place: { name: "transmission", port, speaks: ["transmission"] } };
}

async function startQbittorrent(folder: string): Promise<Started> {
  const port = await freePort(host);
  const profile = join(folder, "state/qbittorrent");
  writeQbittorrentSettings(profile, {
    ...{ port: await freePort(host), webPort: port },
    session: [`Session\\DefaultSavePath=${join(folder, "data/qbittorrent")}`],
    web: ["WebUI\\LocalHostAuth=false", "WebUI\\CSRFProtection=false"],
  });
  const program = await startProcess(
    ["qbittorrent-nox", `--profile=${profile}`, `--webui-port=${port}`],
    { debianPackage: "qbittorrent-nox" },
  );
  await answers(port, "/api/v2/app/version");
  return { program, place: { name: "qbittorrent", port, speaks: ["qbittorrent"] } };
}
