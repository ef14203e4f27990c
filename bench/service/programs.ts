// The programs that are polled: ours, Transmission and qBittorrent, each with the same stopped torrents.

import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "@troupe/protocol/bencode";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeQbittorrentSettings } from "../../test/support/clients/qbittorrent-settings.ts";
import { freePort } from "../../test/support/programs/free-port.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { StoppableFolder } from "./stopped-files.ts";

const host = "127.0.0.1";

/** A program with torrents. */
export interface Polled {
  readonly name: string;
  readonly pid: number;
  readonly speaks: readonly ("qbittorrent" | "transmission")[];
  /** Asks for fields of all torrents. */
  rpc(fields: readonly string[]): Promise<void>;
  /** @param path Below `/api/v2/`. @returns The body. */
  get(path: string): Promise<string>;
}

/** The folders of all programs that stop: none, those of the data, or those of the data and of the state. */
export type StoppedFolders = "both" | "data" | "none";

interface Programs extends AsyncDisposable {
  readonly list: readonly Polled[];
}

/** Starts the programs, adds the torrents, and then stops file systems. */
export async function startPrograms(torrents: number, stopped: StoppedFolders): Promise<Programs> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("bench-service"));
  const mounts: StoppableFolder[] = [];
  if (stopped !== "none") mounts.push(await StoppableFolder.mount(join(folder.path, "data")));
  if (stopped === "both") mounts.push(await StoppableFolder.mount(join(folder.path, "state")));
  for (const mount of mounts) stack.use(mount);
  const files = Array.from({ length: torrents }, (_, index) => torrentFile(index));
  const list: Polled[] = [];
  for (const start of [startTroupe, startTransmission, startQbittorrent]) {
    const program = await start(folder.path);
    stack.defer(program.stop);
    for (const file of files) await program.add(file);
    list.push(program);
    console.log(`${program.name} has ${torrents} torrents`);
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

function torrentFile(index: number): Uint8Array {
  const piece = createHash("sha1").update(String(index)).digest();
  const info = {
    ...{ length: 40_000, name: `a torrent with the number ${index}.bin` },
    ...{ "piece length": 65_536, pieces: piece },
  };
  return encode({ announce: "http://127.0.0.1:1/announce", info });
}

interface Started extends Polled {
  add(file: Uint8Array): Promise<void>;
  readonly stop: () => Promise<void>;
}

async function startTroupe(folder: string): Promise<Started> {
  const port = await freePort(host);
  const state = join(folder, "state/troupe");
  const program = await startProcess([
    ...[process.execPath, "packages/cli/bin/troupe.mjs", "serve", "--dir", join(folder, "data")],
    ...["--state-dir", state, "--listen", `${host}:${port}`, "--port", "0", "--bind", host],
    ...["--no-dht", "--no-lsd", "--no-port-mapping"],
  ]);
  const at = { name: "troupe", port, speaks: ["transmission", "qbittorrent"] as const };
  await answers(port, "/api/v1/health");
  const password = readFileSync(join(state, "service/first-password"), "utf8").trim();
  return await client(program, { ...at, user: "troupe", password });
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
      "download-dir": join(folder, "data"),
      "peer-port": await freePort(host),
    }),
  );
  const program = await startProcess(
    ["transmission-daemon", "-f", "-g", profile, "-p", String(port), "-a", host, "-T"],
    { debianPackage: "transmission-daemon" },
  );
  await answers(port, "/transmission/rpc");
  return await client(program, { name: "transmission", port, speaks: ["transmission"] });
}

async function startQbittorrent(folder: string): Promise<Started> {
  const port = await freePort(host);
  const profile = join(folder, "state/qbittorrent");
  writeQbittorrentSettings(profile, {
    ...{ port: await freePort(host), webPort: port },
    session: [`Session\\DefaultSavePath=${join(folder, "data")}`],
    web: ["WebUI\\LocalHostAuth=false", "WebUI\\CSRFProtection=false"],
  });
  const program = await startProcess(
    ["qbittorrent-nox", `--profile=${profile}`, `--webui-port=${port}`],
    { debianPackage: "qbittorrent-nox" },
  );
  await answers(port, "/api/v2/app/version");
  return await client(program, { name: "qbittorrent", port, speaks: ["qbittorrent"] });
}

interface Place {
  readonly name: string;
  readonly port: number;
  readonly speaks: Polled["speaks"];
  readonly user?: string | undefined;
  readonly password?: string;
}

async function client(
  program: Awaited<ReturnType<typeof startProcess>>,
  { name, port, speaks, user, password = "" }: Place,
): Promise<Started> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const auth = user === undefined ? {} : { authorization: `Basic ${basic}` };
  const send = (path: string, headers: object, body?: Buffer | string) =>
    ask({ agent, host, port, path, headers: { ...auth, ...headers }, body });
  const session = speaks.includes("transmission")
    ? (await send("/transmission/rpc", {})).headers["x-transmission-session-id"]
    : undefined;
  const cookie = await login(send, speaks, { user, password });
  const rpc = async (method: string, given: object): Promise<void> => {
    const headers = { "x-transmission-session-id": session, "content-type": "application/json" };
    const body = JSON.stringify({ method, arguments: given });
    const { status, text } = await send("/transmission/rpc", headers, body);
    if (status !== 200) throw new Error(`${name} answered ${status}: ${text.slice(0, 200)}`);
  };
  return {
    ...{ name, speaks, pid: program.pid },
    rpc: (fields) => rpc("torrent-get", { fields }),
    get: async (path) => (await send(`/api/v2/${path}`, { cookie })).text,
    add: async (file) => {
      const metainfo = Buffer.from(file).toString("base64");
      if (session !== undefined) await rpc("torrent-add", { metainfo, paused: true });
      else await addByForm(send, file);
    },
    stop: async () => {
      agent.destroy();
      await program.stop();
    },
  };
}

type Send = (path: string, headers: object, body?: Buffer | string) => ReturnType<typeof ask>;

async function login(
  send: Send,
  speaks: Polled["speaks"],
  { user, password }: Pick<Place, "password" | "user">,
): Promise<string> {
  if (!speaks.includes("qbittorrent") || user === undefined) return "";
  const body = `username=${user}&password=${password}`;
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const { headers } = await send("/api/v2/auth/login", type, body);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

async function addByForm(send: Send, file: Uint8Array): Promise<void> {
  const boundary = randomBytes(12).toString("hex");
  const part = (head: string, bytes: Uint8Array | string): Buffer =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(bytes),
      Buffer.from("\r\n"),
    ]);
  const body = Buffer.concat([
    part('name="paused"', "true"),
    part('name="torrents"; filename="a.torrent"', file),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  const type = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const { status, text } = await send("/api/v2/torrents/add", type, body);
  if (status !== 200) throw new Error(`qbittorrent answered ${status}: ${text}`);
}

async function answers(port: number, path: string): Promise<void> {
  for (;;) {
    const isThere = await ask({ host, port, path, headers: {} }).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(100);
  }
}

function ask({
  body,
  headers,
  ...where
}: {
  readonly agent?: Agent;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: object;
  readonly body?: Buffer | string | undefined;
}) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number | undefined;
    readonly headers: import("node:http").IncomingHttpHeaders;
    readonly text: string;
  }>();
  const method = body === undefined ? "GET" : "POST";
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const sent = request({ ...where, method, headers: { ...headers, ...length } }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}
