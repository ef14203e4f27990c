// A small HTTP server that answers like the API of the service: torrents that do nothing, tokens, a password.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { json } from "node:stream/consumers";
import { parseMagnet } from "@troupe/protocol/magnet";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { exampleRow } from "../../../packages/service/test/support/example-row.ts";
import type { TorrentRow } from "../../../packages/service/src/view/torrent-row.ts";

type Given = Readonly<Record<string, unknown>>;

/** A refusal of the service. */
class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`the small service refuses: ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** The server. Its torrents change by commands alone. */
export class SmallService {
  rows: TorrentRow[] = [];
  version = 1;
  /** Credentials, and commands such as `POST stop` with their arguments, in the order of the requests. */
  readonly authorizations: (string | undefined)[] = [];
  readonly commands: (readonly [name: string, given: Given])[] = [];
  /** A caller over TCP needs it; undefined: nobody does. */
  token: string | undefined;
  readonly #tokens: { id: string; name: string; right: string }[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #server = createServer((request, response) => void this.#respond(request, response));

  /** Listens at a path, or at a free port of this machine. @returns The address. */
  async listen(path?: string): Promise<string> {
    if (path !== undefined) mkdirSync(dirname(path), { recursive: true });
    if (path === undefined) this.#server.listen(0, "127.0.0.1");
    else this.#server.listen(path);
    await once(this.#server, "listening");
    return path ?? `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Resolves when the first stream of events opens. */
  get streaming(): Promise<void> {
    return this.#opened.promise;
  }

  /** Puts a torrent in place of the one with its hash, and tells the streams. */
  put(row: TorrentRow): void {
    const at = this.rows.findIndex(({ torrent }) => torrent === row.torrent);
    this.rows = at < 0 ? [...this.rows, row] : this.rows.with(at, row);
    this.#tell({ rows: [row], removed: [] });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.authorizations.push(request.headers.authorization);
      const url = new URL(request.url ?? "/", "http://service");
      if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`)
        throw new Refused(401, "login-needed");
      if (url.pathname.endsWith("/api/v1/events")) return this.#open(response);
      const given = request.method === "POST" ? ((await json(request)) as Given) : {};
      send(
        response,
        200,
        this.#answer(`${request.method} ${url.pathname}`, url.searchParams, given),
      );
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(500, "internal");
      const { status, code, message } = refused;
      send(response, status, { error: { code, message } });
    }
    return undefined;
  }

  #answer(call: string, query: URLSearchParams, given: Given): unknown {
    const [, method, command] = /^(\w+) .*\/api\/v1\/commands\/([a-z-]+)$/.exec(call) ?? [];
    if (command !== undefined) {
      const values = method === "GET" ? Object.fromEntries(query) : given;
      this.commands.push([`${method} ${command}`, values]);
      const result = this.#run(command, values);
      return { version: this.version, ...(result !== undefined && { result }) };
    }
    const [, path = ""] = /^\w+ .*(\/api\/v1\/.*)$/.exec(call) ?? [];
    if (path === "/api/v1/torrents") return this.#page(query);
    if (path === "/api/v1/tokens")
      return call.startsWith("POST") ? this.#newToken(given) : { tokens: this.#tokens };
    if (path === "/api/v1/tokens/revoke") return this.#revoke(given);
    if (path === "/api/v1/password")
      return given["password"] === undefined ? { password: "made" } : {};
    throw new Refused(404, "command-unknown");
  }

  #run(command: string, given: Given): unknown {
    switch (command) {
      case "add":
        return this.#add(given);
      case "status":
        return this.#row(given);
      case "files":
      case "peers":
      case "tiers":
        return this.#row(given) && [];
      case "swarm":
        return { strip: "", why: { code: "complete", message: "it is complete" } };
      case "start":
      case "stop":
      case "pause":
        return this.#change(command, given);
      case "remove": {
        const { torrent } = this.#row(given);
        this.rows = this.rows.filter((row) => row.torrent !== torrent);
        return this.#tell({ rows: [], removed: [torrent] });
      }
      case "set":
      case "set-engine":
        return undefined;
      default:
        throw new Refused(404, "command-unknown");
    }
  }

  #add({ source, metainfo }: Given): string {
    const torrent =
      typeof metainfo === "string"
        ? parseTorrent(Buffer.from(metainfo, "base64"))
        : parseMagnet(String(source));
    const { infoHash, name = infoHash } = torrent;
    if (this.rows.some((row) => row.torrent === infoHash)) throw new Refused(409, "torrent-exists");
    const number = this.rows.length + 1;
    this.put(exampleRow({ torrent: infoHash, name, number }));
    return infoHash;
  }

  #change(command: string, { torrents }: Given): undefined {
    const states = { start: "active", stop: "stopped", pause: "paused" } as const;
    const state = states[command as keyof typeof states];
    const named = torrents as readonly string[] | undefined;
    const changed = this.rows.filter(({ torrent }) => named?.includes(torrent) ?? true);
    for (const row of changed) this.put({ ...row, state });
  }

  #row({ torrent }: Given): TorrentRow {
    const row = this.rows.find((each) => each.torrent === torrent);
    if (row === undefined) throw new Refused(404, "no-torrent");
    return row;
  }

  #page(query: URLSearchParams): object {
    const from = Number(query.get("cursor") ?? 0);
    const end = from + Number(query.get("limit"));
    const torrents = this.rows.slice(from, end);
    return {
      version: this.version,
      torrents,
      ...(end < this.rows.length && { cursor: String(end) }),
    };
  }

  #revoke({ id }: Given): object {
    const at = this.#tokens.findIndex((token) => token.id === id);
    if (at < 0) throw new Refused(404, "token-unknown");
    this.#tokens.splice(at, 1);
    return {};
  }

  #newToken({ name, right }: Given): object {
    const id = `id-${String(name)}`;
    this.#tokens.push({ id, name: String(name), right: String(right) });
    return { id, token: `troupe_${String(name)}` };
  }

  #open(response: ServerResponse): void {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`retry: 1000\n\nevent: reset\ndata: {"version":${this.version}}\n\n`);
    this.#streams.add(response);
    this.#opened.resolve();
    response.once("close", () => this.#streams.delete(response));
  }

  #tell(change: object): undefined {
    this.version++;
    const data = JSON.stringify({ version: this.version, ...change });
    for (const stream of this.#streams) stream.write(`event: rows\ndata: ${data}\n\n`);
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}
