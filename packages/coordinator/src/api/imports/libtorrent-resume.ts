// The resume data of libtorrent, which qBittorrent and Deluge keep.

import type { Metainfo } from "@troupe/protocol/metainfo";
import { setBit } from "@troupe/protocol/peer";
import { bitfieldBytes, type JobCounters } from "@troupe/messages";
import {
  countIn,
  datesIn,
  listIn,
  numberIn,
  numberOf,
  pathsIn,
  textOf,
  unlessEqual,
  type Fields,
} from "./client-fields.ts";
import type { OtherTorrent } from "./other-torrent.ts";

/** Priority of a file that its user has not changed. qBittorrent writes 1 for it. */
const defaultPriority = 4;

/** The facts of the resume data. */
export function resumeFacts(
  resume: Fields,
  content: Metainfo,
  savedAtNs: bigint,
): Pick<OtherTorrent, "counters" | "dates" | "pieces" | "priorities" | "vouching"> {
  return {
    counters: countersOf(resume),
    dates: datesIn(resume, "added_time", "completed_time", savedAtNs),
    pieces: piecesOf(resume, content),
    priorities: prioritiesOf(resume, content),
    vouching: { savedAtNs, isSampled: true, agrees: () => true },
  };
}

/** The path of each file below the data folder. */
export function mappedNames(resume: Fields): readonly (string | undefined)[] {
  return pathsIn(resume, "mapped_files");
}

/** The tiers of trackers. */
export function tiersIn(resume: Fields): readonly (readonly string[])[] {
  const tiers = listIn(resume, "trackers").map((tier) =>
    [...tier.items()].map((url) => textOf(url) ?? "").filter((url) => url !== ""),
  );
  return tiers.filter((tier) => tier.length > 0);
}

/** A rate in bytes a second; undefined: no limit. */
export function rateIn(resume: Fields, name: string): number | undefined {
  const rate = numberIn(resume, name) ?? 0;
  return rate > 0 ? rate : undefined;
}

/** A byte a piece, whose lowest bit tells whether it is had. */
function piecesOf(resume: Fields, { geometry: { pieceCount } }: Metainfo): Uint8Array {
  const pieces = new Uint8Array(bitfieldBytes(pieceCount));
  const bytes = resume?.get("pieces")?.string;
  if (bytes?.length !== pieceCount) return pieces;
  for (const [piece, flags] of bytes.entries()) if ((flags & 1) === 1) setBit(pieces, piece);
  return pieces;
}

function prioritiesOf(resume: Fields, { files }: Metainfo): readonly number[] | undefined {
  const given = listIn(resume, "file_priority").map((value) => numberOf(value) ?? 1);
  return unlessEqual(
    files.map((_, file) => {
      const priority = Math.max(0, given[file] ?? defaultPriority);
      return priority === 1 ? defaultPriority : priority;
    }),
  );
}

function countersOf(resume: Fields): Partial<JobCounters> {
  const activeSeconds = countIn(resume, "active_time");
  const seedSeconds = Math.min(activeSeconds, countIn(resume, "seeding_time"));
  return {
    downloadedBytes: countIn(resume, "total_downloaded"),
    uploadedBytes: countIn(resume, "total_uploaded"),
    activeSeconds,
    seedSeconds,
    downloadSeconds: activeSeconds - Math.min(activeSeconds, countIn(resume, "finished_time")),
  };
}
