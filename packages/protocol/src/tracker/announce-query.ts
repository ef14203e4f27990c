// https://www.bittorrent.org/beps/bep_0003.html "trackers": the query of an announce.

import { parseDigits } from "../address/ip-address.ts";
import { ProtocolError } from "../errors.ts";
import { percentDecode, percentEncode } from "./percent-encoding.ts";
import { type InfoHash, infoHashBytes, infoHashFromBytes, infoHashToBytes } from "../units.ts";
import { withParameters } from "./url-parameters.ts";

/** At most one an announce. */
export type AnnounceEvent = "started" | "completed" | "stopped";

/** Our announce. */
export interface AnnounceRequest {
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** Our listen port. */
  readonly port: number;
  /** Our numeric address, where it is another than that of the connection. UDP has room for IPv4 alone. */
  readonly address?: string;
  /** Payload bytes since `started`. */
  readonly uploaded: number;
  /** Payload bytes since `started`. */
  readonly downloaded: number;
  /** Missing bytes of the whole torrent. */
  readonly left: number;
  /** `paused`: a partial seed (BEP 21); over UDP it is no event. */
  readonly event?: AnnounceEvent | "paused";
  /** Peers wanted. */
  readonly numWant: number;
  /** Identifies us at another address; hidden from peers. */
  readonly key: string;
  /** Always requested (BEP 23). */
  readonly compact?: true;
  /** We take encrypted connections, or no others. Over UDP there is no room for it. Absent: none. */
  readonly encryption?: "required" | "supported";
  /** The `tracker id` of an earlier reply. */
  readonly trackerId?: string;
}

/** A peer's announce, as read by a tracker. Its port is 0 to 65,535. */
export interface AnnounceQuery extends Omit<
  AnnounceRequest,
  "numWant" | "key" | "compact" | "encryption" | "event"
> {
  readonly event?: AnnounceEvent;
  readonly numWant?: number;
  /** Unless the peer sends 0 (BEP 23). */
  readonly compact: boolean;
  readonly noPeerId: boolean;
  /** The address that the peer claims; untrusted. */
  readonly ip?: string;
  readonly key?: string;
}

/** Characters of a query. */
const maxAnnounceQueryLength = 8_192;

/**
 * @param base The tracker's URL. Keeps its query, such as a passkey, and drops its fragment.
 * @returns The URL of an announce.
 */
export function announceUrl(base: string, request: AnnounceRequest): string {
  const parameters = [
    `info_hash=${percentEncode(infoHashToBytes(request.infoHash))}`,
    `peer_id=${percentEncode(request.peerId)}`,
    `port=${request.port}`,
    `uploaded=${request.uploaded}`,
    `downloaded=${request.downloaded}`,
    `left=${request.left}`,
    "compact=1",
    `numwant=${request.numWant}`,
    `key=${encodeURIComponent(request.key)}`,
  ];
  if (request.encryption !== undefined) parameters.push("supportcrypto=1");
  if (request.encryption === "required") parameters.push("requirecrypto=1");
  if (request.address !== undefined) parameters.push(`ip=${encodeURIComponent(request.address)}`);
  if (request.event !== undefined) parameters.push(`event=${request.event}`);
  if (request.trackerId !== undefined) {
    parameters.push(`trackerid=${encodeURIComponent(request.trackerId)}`);
  }
  return withParameters(base, parameters);
}

/**
 * @param rawQuery Undecoded. The first of repeated names counts.
 * @throws {ProtocolError} `announce-query-malformed` with the `field`: an info-hash or peer id that is not 20
 *   bytes, a port or count that is not a number, broken percent encoding, more than 8,192 characters.
 */
export function decodeAnnounceQuery(rawQuery: string): AnnounceQuery {
  const fields = splitQuery(rawQuery);
  const event = eventOf(fields.get("event"));
  const numWant = numberOf(fields.get("numwant"));
  const ip = textOf(fields, "ip");
  const key = textOf(fields, "key");
  const trackerId = textOf(fields, "trackerid");
  return {
    infoHash: infoHashFromBytes(requireHash(fields, "info_hash")),
    peerId: requireHash(fields, "peer_id"),
    port: requireNumber(fields, "port", 65_535),
    uploaded: requireNumber(fields, "uploaded", Number.MAX_SAFE_INTEGER, 0),
    downloaded: requireNumber(fields, "downloaded", Number.MAX_SAFE_INTEGER, 0),
    left: requireNumber(fields, "left", Number.MAX_SAFE_INTEGER),
    compact: fields.get("compact") !== "0",
    noPeerId: fields.get("no_peer_id") === "1",
    ...(event && { event }),
    ...(numWant !== undefined && { numWant }),
    ...(ip !== undefined && { ip }),
    ...(key !== undefined && { key }),
    ...(trackerId !== undefined && { trackerId }),
  };
}

function splitQuery(rawQuery: string): ReadonlyMap<string, string> {
  if (rawQuery.length > maxAnnounceQueryLength) {
    throw malformed(
      "query",
      `it has ${rawQuery.length} characters, allowed are ${maxAnnounceQueryLength}`,
    );
  }
  const fields = new Map<string, string>();
  for (const parameter of rawQuery.split("&")) {
    const equals = parameter.indexOf("=");
    if (equals <= 0) continue;
    const name = parameter.slice(0, equals);
    if (!fields.has(name)) fields.set(name, parameter.slice(equals + 1));
  }
  return fields;
}

function requireHash(fields: ReadonlyMap<string, string>, field: string): Uint8Array {
  const bytes = decodeField(fields, field);
  if (bytes?.length === infoHashBytes) return bytes;
  throw malformed(
    field,
    bytes === undefined ? "it is missing" : `it has ${bytes.length} bytes, allowed are 20`,
  );
}

function requireNumber(
  fields: ReadonlyMap<string, string>,
  field: string,
  max: number,
  absent?: number,
): number {
  const text = fields.get(field);
  if (text === undefined && absent !== undefined) return absent;
  const number = numberOf(text);
  if (number !== undefined && number <= max) return number;
  throw malformed(field, text === undefined ? "it is missing" : `allowed is 0 to ${max}`);
}

function numberOf(text = ""): number | undefined {
  const number = parseDigits(text, 10, 16);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Others, such as "paused" (BEP 21), count as none. */
function eventOf(text: string | undefined): AnnounceEvent | undefined {
  return text === "started" || text === "completed" || text === "stopped" ? text : undefined;
}

function textOf(fields: ReadonlyMap<string, string>, field: string): string | undefined {
  const bytes = decodeField(fields, field);
  return bytes && new TextDecoder().decode(bytes);
}

function decodeField(fields: ReadonlyMap<string, string>, field: string): Uint8Array | undefined {
  const text = fields.get(field);
  if (text === undefined) return undefined;
  const bytes = percentDecode(text);
  if (bytes === undefined) throw malformed(field, "its percent encoding is broken");
  return bytes;
}

function malformed(field: string, reason: string): ProtocolError {
  return new ProtocolError("announce-query-malformed", {
    operation: "decode-announce-query",
    message: `cannot read the announce's "${field}": ${reason}`,
    details: { field },
  });
}
