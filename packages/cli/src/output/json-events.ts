import type { Importance } from "./line-writer.ts";

/** An event of `--json`. docs/json.md describes it. */
interface JsonEventKind<Written extends string = string> {
  /** A later line makes up for most spare lines, which a slow reader misses. */
  readonly importance: Importance;
  /** Fields besides `event`, `time` and `infoHash`. A line may lack a field that is written with a question mark. */
  readonly written: readonly Written[];
  /** Without question marks. */
  readonly fields: readonly string[];
}

const coded = ["code", "message"] as const;
const progress = [
  "haveBytes",
  "wantedBytes",
  "downloadedBytes",
  "uploadedBytes",
  "wastedBytes",
  "failedHashBytes",
  "protocolDownBytes",
  "protocolUpBytes",
  "downBytesPerSecond",
  "upBytesPerSecond",
  "peers",
  "seeds",
  "sendingPeers",
  "gettingPeers",
  "swarmSeeds?",
  "swarmLeechers?",
  "availability?",
  "completedAt?",
  "activeAt?",
  "etaSeconds",
  "lifetime?",
  "finished?",
  "unfinished?",
  "percentage?",
] as const;
const checkedPieces = ["passed", "failed", "failedPieces", "missingPieces"] as const;
const table = ["family", "id", "buckets", "pendingNodes", "traffic"] as const;
const node = [
  "families",
  "quests",
  "lookUps",
  "waitingLookUps",
  "torrents",
  "peers",
  "items",
] as const;
const content = [
  "infoHashV1?",
  "infoHashV2?",
  "name",
  "lengthBytes",
  "pieceLengthBytes",
  "pieces",
  "isPrivate",
  "isSingleFile",
  "trackers",
  "webSeeds",
  "nodes",
  "magnet",
  "comment",
  "createdBy",
  "creationDate",
  "warnings",
  "files",
] as const;
const torrentRow = [
  ...(["infoHashV1?", "infoHashV2?"] as const),
  ...(["number", "name", "state", "fault?", "directory", "hasMetadata", "isPrivate"] as const),
  ...(["isComplete", "isSeed", "isForced", "queuePosition", "labels", "group?"] as const),
  ...(["magnet", "trackers", "settings", "warnings", "sizeBytes", "files"] as const),
  ...(["haveBytes", "wantedBytes", "leftBytes", "pieces", "finishedPieces"] as const),
  ...(["pieceLengthBytes", "downloadedBytes", "uploadedBytes", "wastedBytes"] as const),
  ...(["failedHashBytes", "protocolDownBytes", "protocolUpBytes"] as const),
  ...(["downBytesPerSecond", "upBytesPerSecond", "peers", "seeds", "sendingPeers"] as const),
  ...(["gettingPeers", "swarmSeeds?", "swarmLeechers?", "availability?"] as const),
  ...(["etaSeconds?", "lifetime?", "addedAt", "completedAt?", "activeAt?"] as const),
] as const;
const loadBegin = [
  "name",
  "seed",
  "startedAt",
  "durationMs",
  "phases",
  "groups",
  "targets",
  "budgets",
] as const;
const loadEnd = [
  "name",
  "seed",
  "durationMs",
  "outcome",
  "budgets",
  "latencies",
  "accounts",
  "counts",
  "generators",
] as const;

/** Peers decide how many warnings there are: each ban causes a warning. */
const kinds = {
  listening: keep("port", "listenPort?", "externalAddress?", "bound?", "role?"),
  dht: keep("ipv4?", "ipv6?", "role?"),
  "ip-filter": keep("path", "ranges", "skippedLines"),
  ready: keep(
    "name",
    "lengthBytes",
    "pieceLengthBytes",
    "pieces",
    "files",
    "labels?",
    "group?",
    "role?",
  ),
  metadata: keep("name", "size", "pieces", "files", "role?"),
  checking: spare("done", "total", "role?"),
  progress: spare(...progress, "role?"),
  piece: spare("index", "verified", "tookMs?", "contributors?", "role?"),
  tracker: spare("url", "ok", "peers?", "error?", "role?"),
  peer: spare(
    "address",
    "connected",
    "transport?",
    "encryption?",
    "client?",
    "sources?",
    "reason?",
    "role?",
  ),
  worker: spare("name", "state", "restarts", "error?", "role?"),
  why: spare(...coded, "role?"),
  stall: spare(
    "file",
    "position",
    "piece",
    "waitedSeconds",
    "peers",
    "peersWithPiece",
    "downBytesPerSecond",
    "role?",
  ),
  complete: keep("seconds", "role?"),
  moved: keep("directory", "role?"),
  "goal-reached": keep("reached", "goals", "action", "role?"),
  warning: spare(...coded, "source?", "count?", "role?"),
  error: keep(...coded, "source?", "role?"),
  stopped: keep("role?"),
  checked: keep(...checkedPieces, "files", "foreignFiles", "foreignCount", "foreignIsPartial"),
  matched: keep("name", "directory", "link", "isCut", "unreadable", "files"),
  info: keep(...content),
  created: keep(
    "path",
    "output?",
    "version",
    "infoHashV1?",
    "infoHashV2?",
    "pieceLengthBytes",
    "pieces",
    "lengthBytes",
    "files",
    "skipped",
  ),
  edited: keep("file", "isChanged", "isWritten", "changes"),
  "state-exported": keep("file", "jobs", "files", "bytes"),
  "state-imported": keep("directory", "jobs", "files", "missing"),
  imported: keep("client", "isDryRun", "torrents"),
  link: keep("url", "file", "lengthBytes"),
  demo: keep("leechers", "lengthBytes", "seconds"),
  "dht-peer": keep("address"),
  "dht-node": keep("id", "address"),
  "dht-round": keep("asked", "answered", "peers", "stored", "seconds"),
  "dht-announced": keep("port", "nodes", "peers"),
  "dht-pong": keep("address", "id", "milliseconds", "version"),
  "dht-buckets": keep(...table),
  "dht-stored": keep("target", "publicKey?", "nodes"),
  "dht-item": keep("target", "kind", "value", "bencoded", "publicKey?", "sequence?", "node"),
  "dht-status": spare(...node),
  torrent: keep(...torrentRow),
  added: keep("number", "name", "source"),
  changed: keep("command"),
  removed: keep(),
  "torrent-files": keep("files"),
  "torrent-peers": keep("peers"),
  "torrent-trackers": keep("tiers"),
  password: keep("password?"),
  feed: keep("name", "url", "state", "lookedMs?", "nextMs?", "items", "taken", "error?"),
  token: keep("id", "name", "right", "token?"),
  "token-revoked": keep("id", "name"),
  "load-note": keep("message"),
  "load-begin": keep(...loadBegin),
  "load-second": spare("second", "counts", "gauges", "latencies", "targets", "own"),
  "load-end": keep(...loadEnd),
  "load-wrote": keep("path", "lines?", "lengthBytes?", "pieceLengthBytes?"),
  "load-compare": keep("runs", "rows", "verdicts", "remarks"),
  end: keep("exitCode"),
} as const satisfies Record<string, JsonEventKind>;

/** The name of an event of `--json`. */
export type JsonEvent = keyof typeof kinds;

/** Fields of an event as the table writes them: `role?`. */
export type WrittenField<Name extends JsonEvent> = (typeof kinds)[Name]["written"][number];

/** Every event, in the order of docs/json.md. */
export const jsonEvents: Readonly<Record<JsonEvent, JsonEventKind>> = kinds;

/** Events that `--json-events` never leaves out. */
export const constantEvents: readonly JsonEvent[] = ["error", "end"];

/** Whether there is an event of this name. */
export function isJsonEvent(name: string): name is JsonEvent {
  return Object.hasOwn(kinds, name);
}

/** Whether a command line asks for `--json`, also one that is not understood. */
export function asksForJson(words: readonly string[]): boolean {
  return words.some((word) => word === "--json" || /^--json-events(?:=|$)/.test(word));
}

function keep<const Written extends string>(...written: readonly Written[]) {
  return kind("keep", written);
}

function spare<const Written extends string>(...written: readonly Written[]) {
  return kind("spare", written);
}

function kind<Written extends string>(
  importance: Importance,
  written: readonly Written[],
): JsonEventKind<Written> {
  return { importance, written, fields: written.map((field) => field.replace("?", "")) };
}
