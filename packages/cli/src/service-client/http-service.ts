// A service over HTTP. Nothing of its answers is used before a gate has checked it.

import { cleanText } from "@troupe/protocol/text";
import {
  commands,
  type CommandName,
  type CommandResults,
  type CommandRow,
} from "@troupe/control/commands";
import { CommandError } from "../failure.ts";
import {
  readError,
  readFeeds,
  readNewToken,
  readPage,
  readPassword,
  readResult,
  readRowsEvent,
  readTokens,
} from "./answer-gates.ts";
import { EventStreamReader, type StreamEvent } from "./event-stream.ts";
import { exchange, malformed, openStream, type Call } from "./http-client.ts";
import type {
  FeedRow,
  NewToken,
  RowList,
  ServiceEvent,
  ServicePort,
  ServiceTarget,
  TokenRow,
  TorrentRow,
} from "./service-port.ts";

const rowsOfPage = 500;
/** Pages of a list. A service with more of them gives pages without end: the list fails. */
const mostPages = 1_000;
const longestMessage = 600;

/** Codes that say that the service itself is broken, or that this program gives to its own errors alone. */
const faultCodes: ReadonlySet<string> = new Set(["engine-lost", "internal", "wrong-usage"]);

/** The service at a target. */
export class HttpService implements ServicePort {
  readonly #target: ServiceTarget;
  readonly #stop: AbortSignal;

  /** @param stop Ends all calls. */
  constructor(target: ServiceTarget, stop: AbortSignal) {
    this.#target = target;
    this.#stop = stop;
  }

  // Not `async`: the compiler would unfold the results of all commands.
  run<Name extends CommandName>(name: Name, given: object): Promise<CommandResults[Name]> {
    const call = commandCall(name, given);
    const result: Promise<unknown> = this.#ask(call, (value) => readResult(name, value));
    return result as Promise<CommandResults[Name]>;
  }

  async torrents(): Promise<RowList> {
    const rows = new Map<string, TorrentRow>();
    let first: number | undefined;
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      // Each page names the next one.
      // oxlint-disable-next-line no-await-in-loop
      const { version, torrents, cursor: next } = await this.#ask(pageCall(cursor), readPage);
      // Changes since the first page come again.
      first ??= version;
      for (const row of torrents) rows.set(row.torrent, row);
      if (next === undefined) return { version: first, rows: [...rows.values()] };
      cursor = next;
    }
    throw malformed(this.#target, `a list of more than ${mostPages} pages`);
  }

  async *events(signal: AbortSignal): AsyncGenerator<ServiceEvent> {
    const reader = new EventStreamReader();
    let isOpen = false;
    for await (const piece of openStream(this.#target, "/api/v1/events", signal)) {
      if (!isOpen) yield { kind: "open" };
      isOpen = true;
      const events = reader.read(piece);
      if (events === undefined) throw malformed(this.#target, "an event that is too long");
      if (events.length === 0) yield { kind: "alive" };
      for (const event of events) yield this.#event(event);
    }
  }

  async feeds(): Promise<readonly FeedRow[]> {
    return await this.#ask({ method: "GET", path: "/api/v1/feeds" }, readFeeds);
  }

  async setPassword(password: string | undefined): Promise<string | undefined> {
    const body = password === undefined ? {} : { password };
    return await this.#ask(post("/api/v1/password", body), readPassword);
  }

  async createToken(name: string, right: TokenRow["right"]): Promise<NewToken> {
    return await this.#ask(post("/api/v1/tokens", { name, right }), readNewToken);
  }

  async tokens(): Promise<readonly TokenRow[]> {
    return await this.#ask({ method: "GET", path: "/api/v1/tokens" }, readTokens);
  }

  async revokeToken(id: string): Promise<void> {
    await this.#answer(post("/api/v1/tokens/revoke", { id }));
  }

  #event({ name, data }: StreamEvent): ServiceEvent {
    if (name === "reset") return { kind: "reset" };
    if (name !== "rows") return { kind: "alive" };
    return this.#understood(() => readRowsEvent(JSON.parse(data)));
  }

  async #ask<Value>(call: Call, read: (value: unknown) => Value): Promise<Value> {
    const answer = await this.#answer(call);
    return this.#understood(() => read(answer));
  }

  /** @throws CommandError with the code of the service. */
  async #answer(call: Call): Promise<unknown> {
    const { status, value } = await exchange(this.#target, call, this.#stop);
    if (status >= 200 && status < 300) return value;
    throw this.#refusal(status, value);
  }

  #refusal(status: number, value: unknown): CommandError {
    const error = this.#understood(() => readError(value), `HTTP status ${status}`);
    const message = cleanText(error.message, longestMessage);
    // Codes of Node (`ERR_…`) stand for bugs of this program.
    const isCode = /^[a-zA-Z][\w-]{0,60}$/.test(error.code) && !error.code.startsWith("ERR_");
    if (!isCode || faultCodes.has(error.code) || message.startsWith("bug:"))
      return new CommandError("service-failed", `the service has failed: ${message}`);
    return new CommandError(error.code, message);
  }

  #understood<Value>(read: () => Value, seen = "a value of another shape"): Value {
    try {
      return read();
    } catch (cause) {
      const reason = cause instanceof Error ? cleanText(cause.message, longestMessage) : "";
      throw malformed(this.#target, `${seen} (${reason})`, cause);
    }
  }
}

/** A credential that may only read may not POST: questions are asked by GET. */
function commandCall(name: CommandName, given: object): Call {
  const path = `/api/v1/commands/${name}`;
  const command: CommandRow = commands[name];
  if (command.right !== "read") return post(path, given);
  const query = new URLSearchParams(
    Object.entries(given).map(([key, value]) => [key, String(value)]),
  );
  return { method: "GET", path: `${path}?${query.toString()}` };
}

function post(path: string, body: object): Call {
  return { method: "POST", path, body };
}

function pageCall(cursor: string | undefined): Call {
  const query = new URLSearchParams({ limit: String(rowsOfPage) });
  if (cursor !== undefined) query.set("cursor", cursor);
  return { method: "GET", path: `/api/v1/torrents?${query.toString()}` };
}
