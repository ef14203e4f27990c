// The pieces of a torrent, and its .torrent.

import { hasBit } from "@troupe/protocol/peer";
import { TroupeError } from "@troupe/control";
import { jsonResponse, type ServiceResponse } from "../routes/route.ts";
import type { DialectCall } from "./dialect-call.ts";
import { rowOf } from "./named-torrents.ts";
import { metainfoOf, pieceHashesIn } from "./saved-metainfo.ts";

/** States of pieces. Pieces that are being downloaded, 1, are not told from missing ones. */
const missing = 0;
const had = 2;

/** Answers `torrents/pieceStates`. */
export async function showPieceStates(call: DialectCall): Promise<ServiceResponse> {
  const { hasMetadata, torrent } = await rowOf(call);
  if (!hasMetadata) return jsonResponse([]);
  const answer = await call.calls.ask("pieces", torrent);
  const bits = Buffer.from(answer.had, "base64");
  const states = Array.from({ length: answer.pieces }, (_, piece) =>
    hasBit(bits, piece) ? had : missing,
  );
  return jsonResponse(states);
}

/** Answers `torrents/pieceHashes`. */
export async function showPieceHashes(call: DialectCall): Promise<ServiceResponse> {
  const { torrent } = await rowOf(call);
  const metainfo = await metainfoOf(call.calls, torrent);
  return jsonResponse(metainfo === undefined ? [] : pieceHashesIn(metainfo));
}

/** Answers `torrents/export`: the .torrent. */
export async function exportTorrent(call: DialectCall): Promise<ServiceResponse> {
  const { torrent } = await rowOf(call);
  const metainfo = await metainfoOf(call.calls, torrent);
  if (metainfo === undefined)
    throw new TroupeError("metadata-unknown", "the metadata of the torrent has not come yet");
  return { status: 200, headers: { "Content-Type": "application/x-bittorrent" }, body: metainfo };
}
