// The check of the answers of a service. Fields that a later release adds are left out.

import { list, record, text, whole, word, type Gate } from "@troupe/control";
import { checkValue, commands, type CommandName } from "@troupe/control/commands";
import type { FeedRow, NewToken, ServiceEvent, TokenRow, TorrentRow } from "./service-port.ts";

/** Rows of one answer, and tokens. */
const mostRows = 100_000;
const anyText = text(String.raw`[\s\S]*`, "a text");
const version = whole(0, Number.MAX_SAFE_INTEGER);
const row = commands.status.result;

const hashes = list(row.fields.torrent, mostRows);

const pageGate = opened(
  record({ version, torrents: list(row, mostRows), cursor: anyText }, ["version", "torrents"]),
);
const eventGate = opened(
  record({ version, rows: list(row, mostRows), removed: hashes, long: hashes }, [
    ...(["version", "rows", "removed"] as const),
  ]),
);
const errorGate = opened(
  record({ error: record({ code: anyText, message: anyText }, ["code", "message"]) }, ["error"]),
);
const passwordGate = opened(record({ password: anyText }));
const newTokenGate = opened(record({ id: anyText, token: anyText }, ["id", "token"]));
const right = word("read", "control");
const token = record({ id: anyText, name: anyText, right }, ["id", "name", "right"]);
const tokensGate = opened(record({ tokens: list(token, mostRows) }, ["tokens"]));

const count = whole(0, Number.MAX_SAFE_INTEGER);
const feed = record(
  {
    ...{ name: anyText, url: anyText, state: anyText, lookedMs: count, nextMs: count },
    ...{ items: count, taken: count },
    error: record({ code: anyText, message: anyText }, ["code", "message"]),
  },
  ["name", "url", "state", "items", "taken"],
);
const feedsGate = opened(record({ result: list(feed, mostRows) }, ["result"]));

/** A page of torrents. */
interface RowPage {
  readonly version: number;
  readonly torrents: readonly TorrentRow[];
  /** Leads to the next page; undefined after the last one. */
  readonly cursor?: string;
}

/** `GET /api/v1/torrents`. @throws TroupeError for another shape, as all functions of this file. */
export function readPage(value: unknown): RowPage {
  return checkValue(pageGate, "", value) as RowPage;
}

/** The event `rows` of `GET /api/v1/events`. */
export function readRowsEvent(value: unknown): ServiceEvent {
  const event = checkValue(eventGate, "", value) as Omit<
    Extract<ServiceEvent, { readonly kind: "rows" }>,
    "kind"
  >;
  return { kind: "rows", ...event };
}

/** An answer that tells of an error. */
export function readError(value: unknown): { readonly code: string; readonly message: string } {
  return (checkValue(errorGate, "", value) as { error: ReturnType<typeof readError> }).error;
}

/** `POST /api/v1/password`: the password, where the service made one. */
export function readPassword(value: unknown): string | undefined {
  return (checkValue(passwordGate, "", value) as { readonly password?: string }).password;
}

/** `POST /api/v1/tokens` */
export function readNewToken(value: unknown): NewToken {
  return checkValue(newTokenGate, "", value) as NewToken;
}

/** `GET /api/v1/tokens` */
export function readTokens(value: unknown): readonly TokenRow[] {
  return (checkValue(tokensGate, "", value) as { readonly tokens: readonly TokenRow[] }).tokens;
}

/** `GET /api/v1/feeds` */
export function readFeeds(value: unknown): readonly FeedRow[] {
  return (checkValue(feedsGate, "", value) as { readonly result: readonly FeedRow[] }).result;
}

/** `POST /api/v1/commands/NAME`: the result of the command; undefined of one without. */
export function readResult(name: CommandName, value: unknown): unknown {
  const command = commands[name];
  if (!("result" in command)) return undefined;
  const gate = opened(record({ result: command.result }, ["result"]));
  return (checkValue(gate, "", value) as { readonly result: unknown }).result;
}

/** A gate whose records ignore the fields that they do not know. */
function opened(gate: Gate): Gate {
  switch (gate.kind) {
    case "record": {
      const fields = Object.entries(gate.fields).map(([name, of]) => [name, opened(of)] as const);
      return { ...gate, fields: Object.fromEntries(fields), isOpen: true };
    }
    case "list":
    case "map":
      return { ...gate, of: opened(gate.of) };
    case "either":
      return { ...gate, of: gate.of.map(opened) };
    default:
      return gate;
  }
}
