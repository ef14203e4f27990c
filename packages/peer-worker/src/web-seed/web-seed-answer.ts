// Judges the answers of a web seed.

import { retryAfterMs, type HttpHead } from "@troupe/actor-runtime";
import type { WebSeedClosed } from "@troupe/messages";

import type { Segment } from "./web-seed-layout.ts";

/** The end of a web seed. */
export type WebSeedFailure = Omit<WebSeedClosed, "torrent" | "seed">;

/** The place that the message of a failure names. */
interface AnswerPlace {
  /** Host of the seed's URL. */
  readonly host: string;
  readonly segment: Segment;
  /** Milliseconds since 1970. */
  readonly epochMs: number;
}

/** The body is the segment, and may be longer. */
export const usableBody = "usable";
/** The body is the whole file, of which a part was asked for. */
export const wholeBody = "whole";

/** Bytes of a `Content-Range`. */
interface ContentRange {
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
  /** Undefined if the server does not say it. */
  readonly totalBytes: number | undefined;
}

/** A body, or the reason to close the web seed. */
type AnswerVerdict = typeof usableBody | typeof wholeBody | WebSeedFailure;

/**
 * Judges a head by the range that was asked for. `Content-Encoding` is ignored: servers name the encoding of the file
 * itself there (`gzip` for a .tgz), and the hash of the piece decides.
 */
export function judgeAnswer(head: HttpHead, place: AnswerPlace): AnswerVerdict {
  if (head.status === 206) return judgePart(head, place);
  return head.status === 200 ? judgeWhole(head, place) : refusal(head, place);
}

function judgePart({ headers }: HttpHead, place: AnswerPlace): AnswerVerdict {
  const { begin, lengthBytes, fileBytes, file } = place.segment;
  const range = readContentRange(headers["content-range"]);
  if (range === undefined) return wrongRange(place, "the Content-Range is missing or malformed");
  const { totalBytes = fileBytes } = range;
  if (totalBytes !== fileBytes) {
    const seen = `the file has ${totalBytes} bytes there, and ${fileBytes} in the torrent`;
    return { ...wrongRange(place, seen), missingFile: file };
  }
  if (range.begin === begin && range.end === begin + lengthBytes) return usableBody;
  return wrongRange(
    place,
    `bytes ${range.begin} to ${range.end} came, ${begin} to ${begin + lengthBytes} were asked for`,
  );
}

/** The server has ignored the range. If that was the whole file, it may know ranges nevertheless. */
function judgeWhole({ headers }: HttpHead, place: AnswerPlace): AnswerVerdict {
  const { lengthBytes, fileBytes, file } = place.segment;
  const bytes = headers["content-length"];
  if (bytes !== undefined && Number(bytes) !== fileBytes) {
    const seen = `the file has ${bytes} bytes there, and ${fileBytes} in the torrent`;
    return { ...wrongRange(place, seen), missingFile: file };
  }
  const knowsRanges = headers["accept-ranges"]?.trim().toLowerCase() === "bytes";
  return lengthBytes === fileBytes && knowsRanges ? usableBody : wholeBody;
}

function refusal({ status, headers }: HttpHead, place: AnswerPlace): WebSeedFailure {
  const { host, segment } = place;
  if (status === 404 || status === 410) {
    const message = `web seed ${host} does not have file ${segment.file}: status ${status}`;
    return { code: "web-seed-missing-file", message, missingFile: segment.file };
  }
  if (status === 416) {
    const { begin, lengthBytes } = segment;
    const seen = `it refuses bytes ${begin} to ${begin + lengthBytes}: status 416`;
    return { ...wrongRange(place, seen), restingFile: segment.file };
  }
  const waitMs = retryAfterMs(headers["retry-after"], place.epochMs);
  return {
    code: "web-seed-status",
    message: `web seed ${host} refuses file ${segment.file}: status ${status}`,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  };
}

function wrongRange({ host, segment }: AnswerPlace, seen: string): WebSeedFailure {
  const message = `web seed ${host} answers wrongly for file ${segment.file}: ${seen}`;
  return { code: "web-seed-wrong-range", message };
}

function readContentRange(text: string | undefined): ContentRange | undefined {
  const match = /^\s*bytes\s+(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)\s*$/i.exec(text ?? "");
  if (match === null) return undefined;
  const [, begin, last, total] = match;
  return {
    begin: Number(begin),
    end: Number(last) + 1,
    totalBytes: total === "*" ? undefined : Number(total),
  };
}
