// Calls of a program, in the dialect that it speaks.

import { randomBytes } from "node:crypto";
import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningProcess } from "../../test/support/programs/process.ts";

const host = "127.0.0.1";
const form = { "content-type": "application/x-www-form-urlencoded" };

/** A program with torrents. */
export interface Polled {
  readonly name: string;
  readonly pid: number;
  readonly speaks: readonly ("qbittorrent" | "transmission")[];
  /** Calls a method of Transmission's interface. @returns The body. */
  rpc(method: string, given: object): Promise<string>;
  /** @param path Below `/api/v2/`. @returns The body. */
  get(path: string): Promise<string>;
  /** @param path From the root on. @returns The body. */
  ask(path: string): Promise<string>;
  /** Adds a torrent file. */
  add(file: Uint8Array, how: "started" | "stopped"): Promise<void>;
  /** @returns The part of a torrent that is complete, 0 to 1; 0 for one that is not there. */
  progress(infoHash: string): Promise<number>;
  /** Removes a torrent with its data. */
  remove(infoHash: string): Promise<void>;
}

/** Where a program listens, and who its user is. Without a user it asks for none. */
export interface Place {
  readonly name: string;
  readonly port: number;
  readonly speaks: Polled["speaks"];
  readonly user?: string;
  readonly password?: string;
}

type Answer = {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};
type Send = (path: string, headers?: object, body?: Buffer | string) => Promise<Answer>;
type Changes = Pick<Polled, "add" | "progress" | "remove">;

/** Connects to a program that listens. */
export async function connectTo(
  { pid }: Pick<RunningProcess, "pid">,
  place: Place,
): Promise<Disposable & Polled> {
  const { name, port, speaks, user, password = "" } = place;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const auth = user === undefined ? {} : { authorization: `Basic ${basic}` };
  const bare = sender(port, auth, agent);
  const send = checked(name, bare);
  const isTransmission = speaks.includes("transmission");
  const rpc = isTransmission ? await transmission(bare, send) : refused;
  const cookie = speaks.includes("qbittorrent") ? await login(send, place) : "";
  const ask = async (path: string): Promise<string> => (await send(path, { cookie })).text;
  const get = (path: string): Promise<string> => ask(`/api/v2/${path}`);
  const changes = isTransmission ? changesByRpc(rpc) : changesByForms(send, get);
  const close = (): void => agent.destroy();
  return { name, pid, speaks, rpc, get, ask, ...changes, [Symbol.dispose]: close };
}

/** Waits until something listens. */
export async function answers(port: number, path: string): Promise<void> {
  const send = sender(port, {});
  const isThere = (): Promise<boolean> =>
    send(path).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await sleep(100);
}

function refused(): Promise<never> {
  throw new Error("this program does not speak Transmission's dialect");
}

async function transmission(bare: Send, send: Send): Promise<Polled["rpc"]> {
  // It is answered 409.
  const session = (await bare("/transmission/rpc")).headers["x-transmission-session-id"];
  return async (method, given) => {
    const names = { "x-transmission-session-id": session, "content-type": "application/json" };
    const body = JSON.stringify({ method, arguments: given });
    return (await send("/transmission/rpc", names, body)).text;
  };
}

async function login(send: Send, { user, password = "" }: Place): Promise<string> {
  if (user === undefined) return "";
  const body = `username=${user}&password=${password}`;
  const { headers } = await send("/api/v2/auth/login", form, body);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

function changesByRpc(rpc: Polled["rpc"]): Changes {
  return {
    add: async (file, how) => {
      const metainfo = Buffer.from(file).toString("base64");
      await rpc("torrent-add", { metainfo, paused: how === "stopped" });
    },
    progress: async (infoHash) => {
      const text = await rpc("torrent-get", { ids: [infoHash], fields: ["percentDone"] });
      return JSON.parse(text).arguments.torrents[0]?.percentDone ?? 0;
    },
    remove: async (infoHash) => {
      await rpc("torrent-remove", { ids: [infoHash], "delete-local-data": true });
    },
  };
}

function changesByForms(send: Send, get: Polled["get"]): Changes {
  return {
    add: async (file, how) => {
      const boundary = randomBytes(12).toString("hex");
      const part = (head: string, bytes: Uint8Array | string): Buffer =>
        Buffer.concat([
          Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
          Buffer.from(bytes),
          Buffer.from("\r\n"),
        ]);
      const body = Buffer.concat([
        part('name="paused"', String(how === "stopped")),
        part('name="torrents"; filename="a.torrent"', file),
        Buffer.from(`--${boundary}--\r\n`),
      ]);
      const type = { "content-type": `multipart/form-data; boundary=${boundary}` };
      await send("/api/v2/torrents/add", type, body);
    },
    progress: async (infoHash) =>
      JSON.parse(await get(`torrents/info?hashes=${infoHash}`))[0]?.progress ?? 0,
    remove: async (infoHash) => {
      await send("/api/v2/torrents/delete", form, `hashes=${infoHash}&deleteFiles=true`);
    },
  };
}

/** @returns A sender that rejects where the answer is no success. */
function checked(name: string, send: Send): Send {
  return async (path, ...rest) => {
    const answer = await send(path, ...rest);
    const { status, text } = answer;
    if (status === 200) return answer;
    throw new Error(`${name} answered ${status} to ${path}: ${text.slice(0, 200)}`);
  };
}

function sender(port: number, always: object, agent?: Agent): Send {
  return async (path, headers = {}, body) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const method = body === undefined ? "GET" : "POST";
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({
      ...{ ...(agent && { agent }), host, port, path, method },
      headers: { ...always, ...headers, ...length },
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      // The program has closed a connection that was kept.
      if (sent.reusedSocket && error.code === "ECONNRESET")
        resolve(sender(port, always, agent)(path, headers, body));
      else reject(error);
    });
    sent.end(body);
    return await promise;
  };
}
