// `torrents/info`: the list of torrents, filtered, sorted and cut.

import { TroupeError } from "@troupe/control";
import { jsonOfParts, type ServiceResponse } from "../routes/route.ts";
import { joinInTurns } from "../calls/in-turns.ts";
import { otherNames, type TorrentRow } from "../view/torrent-row.ts";
import type { DialectCall } from "./dialect-call.ts";
import { hashesIn } from "./named-torrents.ts";
import type { RequestFields } from "./request-fields.ts";
import { fieldsOfTorrent, textWithHash } from "./torrent-info.ts";
import { stateOf, type ShownState } from "./torrent-state.ts";

type RowTest = (row: TorrentRow) => boolean;

const downloading: readonly ShownState[] = [
  ...(["downloading", "metaDL", "forcedMetaDL", "stalledDL"] as const),
  ...(["checkingDL", "pausedDL", "queuedDL", "forcedDL"] as const),
];
const seeding: readonly ShownState[] = [
  ...(["uploading", "stalledUP", "checkingUP", "queuedUP", "forcedUP"] as const),
];
const stopped: readonly ShownState[] = ["pausedUP", "pausedDL"];
const active: readonly ShownState[] = [
  ...(["metaDL", "forcedMetaDL", "downloading", "forcedDL", "uploading", "forcedUP"] as const),
];

const isStopped = inStates(...stopped);

/** Tests by the names of filters. An unknown name shows all torrents. */
const filters: ReadonlyMap<string, RowTest> = new Map([
  ["downloading", inStates(...downloading)],
  ["seeding", inStates(...seeding)],
  ["completed", inStates(...seeding, "pausedUP")],
  ["paused", isStopped],
  ["stopped", isStopped],
  ["resumed", (row) => !isStopped(row)],
  ["running", (row) => !isStopped(row)],
  ["active", isActive],
  ["inactive", (row) => !isActive(row)],
  ["stalled", inStates("stalledUP", "stalledDL")],
  ["stalled_uploading", inStates("stalledUP")],
  ["stalled_downloading", inStates("stalledDL")],
  ["checking", inStates("checkingUP", "checkingDL", "checkingResumeData")],
  // No torrent has the state of a move.
  ["moving", () => false],
  ["errored", inStates("error", "missingFiles")],
]);

/** Answers `torrents/info`. */
export async function listTorrents({
  fields,
  calls,
  state,
}: DialectCall): Promise<ServiceResponse> {
  const { rows } = await calls.view();
  const found = paged(sorted(rows.filter(testOf(fields)), fields), fields);
  const list = await joinInTurns(state.timers, found, textWithHash);
  return jsonOfParts("[", list, "]");
}

function testOf(fields: RequestFields): RowTest {
  const tests: RowTest[] = [];
  const filter = filters.get(fields.text("filter") ?? "");
  if (filter !== undefined) tests.push(filter);
  const [category, tag, hashes] = ["category", "tag", "hashes"].map((name) => fields.text(name));
  if (category !== undefined) tests.push(({ group = "" }) => group === category);
  if (tag !== undefined)
    tests.push(({ labels }) => (tag === "" ? labels.length === 0 : labels.includes(tag)));
  const wanted = new Set(hashesIn(hashes ?? "").filter((hash) => hash !== ""));
  if (wanted.size > 0)
    tests.push((row) => [row.torrent, ...otherNames(row)].some((name) => wanted.has(name)));
  return (row) => tests.every((test) => test(row));
}

function inStates(...states: readonly ShownState[]): RowTest {
  const all = new Set(states);
  return (row) => all.has(stateOf(row));
}

function isActive(row: TorrentRow): boolean {
  const state = stateOf(row);
  return state === "stalledDL" ? row.upBytesPerSecond > 0 : active.includes(state);
}

/** @throws TroupeError `parameter-wrong` */
function sorted(rows: readonly TorrentRow[], fields: RequestFields): readonly TorrentRow[] {
  const name = fields.text("sort") ?? "";
  const [first] = rows;
  if (name === "" || first === undefined) return rows;
  if (name !== "hash" && !Object.hasOwn(fieldsOfTorrent(first), name))
    throw new TroupeError("parameter-wrong", "the parameter sort is not the name of a field");
  const direction = fields.flag("reverse") === true ? -1 : 1;
  const keyed = rows.map((row) => ({
    row,
    key: name === "hash" ? row.torrent : (fieldsOfTorrent(row)[name] ?? 0),
  }));
  // Fields of one name have one type.
  keyed.sort((one, other) => direction * (one.key < other.key ? -1 : Number(one.key > other.key)));
  return keyed.map(({ row }) => row);
}

function paged(rows: readonly TorrentRow[], fields: RequestFields): readonly TorrentRow[] {
  const [offset = 0, limit = 0] = [fields.whole("offset"), fields.whole("limit")];
  const wanted = offset < 0 ? rows.length + offset : offset;
  const start = wanted < 0 || wanted >= rows.length ? 0 : wanted;
  return rows.slice(start, limit > 0 ? start + limit : undefined);
}
