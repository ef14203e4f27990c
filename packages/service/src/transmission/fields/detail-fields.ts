// The fields of a torrent that a question to the engine answers.

import type { CommandResults } from "@troupe/control/commands";
import type { TorrentRow } from "../../view/torrent-row.ts";
import type { MetainfoFacts } from "../memory/metainfo-memory.ts";
import { bytesCompleted, fileStats, filesField, priorities, wanted } from "./file-fields.ts";
import { peersField, peersFrom } from "./peer-fields.ts";
import { trackerStats } from "./tracker-stats.ts";

/** Answers about one torrent, by the questions. */
export interface Details {
  readonly files: CommandResults["files"];
  readonly peers: CommandResults["peers"];
  readonly pieces: CommandResults["pieces"] | undefined;
  readonly tiers: CommandResults["tiers"];
  readonly webSeeds: CommandResults["web-seeds"];
  readonly metainfo: MetainfoFacts;
}

/** The name of a question. */
export type Question = keyof Details;

/** A field that a question answers. */
interface DetailField<Name extends Question = Question> {
  readonly question: Name;
  readonly valueOf: (
    answer: Details[Name],
    facts: { readonly row: TorrentRow; readonly epochMs: number },
  ) => unknown;
}

function by<Name extends Question>(
  question: Name,
  valueOf: DetailField<Name>["valueOf"],
): DetailField {
  // The reader of the field gives it the answer to its own question.
  return { question, valueOf: valueOf as DetailField["valueOf"] };
}

/** The fields by their names in snake case. */
export const detailFields: ReadonlyMap<string, DetailField> = new Map([
  ["availability", by("pieces", (pieces) => availability(pieces))],
  ["bytes_completed", by("files", bytesCompleted)],
  ["comment", by("metainfo", ({ comment }) => comment)],
  ["creator", by("metainfo", ({ creator }) => creator)],
  ["date_created", by("metainfo", ({ createdSeconds }) => createdSeconds)],
  ["file_stats", by("files", fileStats)],
  ["files", by("files", (files, { row }) => filesField(files, row))],
  ["peers", by("peers", peersField)],
  ["peers_from", by("peers", peersFrom)],
  ["pieces", by("pieces", (pieces) => (pieces?.pieces ? pieces.had : ""))],
  ["priorities", by("files", priorities)],
  ["tracker_stats", by("tiers", (tiers, { row, epochMs }) => trackerStats(tiers, row, epochMs))],
  ["wanted", by("files", wanted)],
  ["webseeds", by("webSeeds", (seeds) => seeds.map(({ url }) => url))],
  [
    "webseeds_sending_to_us",
    by("webSeeds", (seeds) => seeds.filter((seed) => seed.downBytesPerSecond > 0).length),
  ],
]);

/**
 * A number a piece: -1 for one that is had. The engine tells no counts of single pieces: the others have 0.
 */
function availability(pieces: CommandResults["pieces"] | undefined): readonly number[] {
  if (pieces === undefined) return [];
  const had = Buffer.from(pieces.had, "base64");
  return Array.from({ length: pieces.pieces }, (_, piece) => {
    const isHad = ((had[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
    return isHad ? -1 : 0;
  });
}
