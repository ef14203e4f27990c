import { nodePorts } from "@troupe/actor-runtime";
import type { Part } from "../../src/guard/multipart-body.ts";
import { qbittorrentRoutes } from "../../src/qbittorrent/routes.ts";
import type { RequestBody, RequestLogins, Route, ServiceResponse } from "../../src/routes/route.ts";
import type { TorrentRow } from "../../src/view/torrent-row.ts";
import type { ServiceFacts } from "../../src/routes/service-facts.ts";
import { exampleFacts } from "./transmission.ts";
import { exampleRow } from "./example-row.ts";
import { CheckedCalls } from "./checked-calls.ts";
import type { RecordedCall, RecordedCalls } from "./recorded-calls.ts";
import { noLogins } from "./no-logins.ts";
import { noSecrets } from "./no-secrets.ts";

/** A response as a client reads it. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for a text. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** Answers of a service that has nothing set. */
const nothingSet = {
  "engine-settings": {},
  "set-engine": undefined,
  bans: [],
  ports: { port: 6_881, publicPort: 6_881, dht: {} },
  totals: { session: totalsOf(0, 0) },
  metainfo: "",
  tiers: [],
  peers: [],
};

/** Totals as the command `totals` has them. */
export function totalsOf(downloadedBytes: number, uploadedBytes: number) {
  const others = { wastedBytes: 0, protocolDownBytes: 0, protocolUpBytes: 0 };
  return { downloadedBytes, uploadedBytes, ...others, activeSeconds: 0, sessions: 1 };
}

/** The info-hash of a test. @param digits Two. */
export function hashOf(digits: string): string {
  return digits.repeat(20);
}

/** A row with this info-hash. */
export function rowOf(digits: string, row: Partial<TorrentRow> = {}): TorrentRow {
  return exampleRow({ torrent: hashOf(digits), ...row });
}

/** A client of qBittorrent's API, whose server is the routes alone. */
export class QbittorrentClient {
  readonly calls: RecordedCalls;
  readonly routes: readonly Route[];
  readonly #logins: RequestLogins;

  constructor(
    rows: readonly TorrentRow[] = [],
    answers: Readonly<Record<string, unknown>> = {},
    logins: Partial<RequestLogins> = {},
    facts: Partial<ServiceFacts> = {},
  ) {
    const { timers } = nodePorts();
    this.routes = qbittorrentRoutes({ timers, facts: { ...exampleFacts, ...facts } });
    this.calls = new CheckedCalls(rows, { ...nothingSet, ...answers });
    this.#logins = {
      ...noLogins,
      login: () => Promise.resolve(undefined),
      logout: () => "SID=",
      ...logins,
    };
  }

  /** The commands that change something. */
  get made(): readonly RecordedCall[] {
    const questions = new Set(["engine-settings", "ports", "bans", "totals", "free-space"]);
    return this.calls.made.filter(([name]) => !questions.has(name));
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return await this.#send("GET", path, new URLSearchParams(query), { kind: "none" });
  }

  async post(path: string, form: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const fields = Object.entries(form);
    return await this.send(path, { kind: "form", fields });
  }

  async upload(path: string, parts: readonly Part[]): Promise<Answer> {
    return await this.send(path, { kind: "multipart", parts });
  }

  async send(path: string, body: RequestBody): Promise<Answer> {
    return await this.#send("POST", path, new URLSearchParams(), body);
  }

  async #send(
    method: string,
    path: string,
    query: URLSearchParams,
    body: RequestBody,
  ): Promise<Answer> {
    const url = `/api/v2/${path}`;
    const route = this.routes.find((each) => each.method === method && each.path === url);
    if (route === undefined) return { status: 404, text: "", headers: {}, json: undefined };
    const request = { method, path: url, query, body, header: () => undefined };
    return read(
      await route.answer({
        ...request,
        calls: this.calls,
        ...{ base: "http://service.test", linkExpires: undefined },
        logins: this.#logins,
        secrets: noSecrets,
      }),
    );
  }
}

/** A field of a multipart form. */
export function fieldPart(name: string, value: string): Part {
  return { name, bytes: new TextEncoder().encode(value) };
}

/** A file of a multipart form. */
export function filePart(name: string, fileName: string, bytes: Uint8Array): Part {
  return { name, fileName, mediaType: "application/x-bittorrent", bytes };
}

function read({ body, headers = {}, status }: ServiceResponse): Answer {
  if (typeof body === "function" || (typeof body === "object" && "file" in body))
    throw new Error("a stream is no answer of this dialect");
  const isJson = headers["Content-Type"]?.startsWith("application/json") === true;
  const text = typeof body === "string" ? body : bytesOf(body).toString(isJson ? "utf8" : "latin1");
  return { status, text, headers, json: isJson ? JSON.parse(text) : undefined };
}

function bytesOf(body: Uint8Array | readonly Uint8Array[] = []): Buffer {
  return Buffer.concat(body instanceof Uint8Array ? [body] : body);
}
