// https://www.bittorrent.org/beps/bep_0010.html "handshake message": message 20, extended id 0, then a dictionary.
//
//   0   4   length of the rest, big-endian
//   4   1   20
//   5   1   0
//   6   …   bencoded dictionary

import { type Encodable, encode } from "../bencode/bencode-encode.ts";
import { integerOr, requireDictionary } from "../bencode/bencode-fields.ts";
import { bencodeLimits, decode } from "../bencode/bencode-decode.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { MessageId } from "./bep-03-peer-messages.ts";
import { writeUint32 } from "../bytes/byte-order.ts";
import { cleanText } from "../text/clean-text.ts";
import { packAddress, unpackAddress } from "../address/packed-address.ts";

/** Extensions of a handshake, and characters of a name. */
const maxExtensions = 64;
const maxNameLength = 64;
const maxClientLength = 64;
/** No client keeps more for a peer. */
const maxRequestQueue = 2_000;
/** Bound of `metadata_size`, the `info` dictionary (BEP 9). */
export const maxMetadataBytes: number = 16 * 1_048_576;
const headerBytes = 6;

/** Our extended handshake. */
export interface OwnExtendedHandshake {
  /** Our name and version: `v`. Empty: none. */
  readonly client: string;
  /** `reqq`: further requests are dropped. */
  readonly requestQueue: number;
  /** Our listen port: `p`. */
  readonly port?: number;
  /** The peer's address as we see it. */
  readonly yourIp?: string;
  /** Bytes of the `info` dictionary (BEP 9). */
  readonly metadataSize?: number;
  /** `upload_only` (BEP 21). */
  readonly uploadOnly?: boolean;
  /** `m`: our ids, 1 to 255, by name. Default empty. */
  readonly extensions?: Readonly<Record<string, number>>;
  /** Further keys, none of the above. Default none. */
  readonly otherFields?: Readonly<Record<string, Encodable>>;
}

/** Without invalid fields. */
export interface ExtendedHandshake {
  /** Cleaned, at most 64 characters. */
  readonly client?: string;
  /** 1 to 2,000. */
  readonly requestQueue?: number;
  /** 1 to 65,535. */
  readonly port?: number;
  /** 1 to 16 MiB. */
  readonly metadataSize?: number;
  /** Our address as the peer sees it: `yourip`. Unicast. */
  readonly ownIp?: string;
  /** `upload_only` (BEP 21): the peer downloads nothing more. */
  readonly uploadOnly?: boolean;
  /** Name → id, 0 to 255; 0 switches an extension off. At most 64. */
  readonly extensions: ReadonlyMap<string, number>;
}

/** @returns The whole message, with its length prefix. */
export function encodeExtendedHandshake(handshake: OwnExtendedHandshake): Uint8Array {
  const { port, metadataSize, uploadOnly, yourIp } = handshake;
  const yourIpBytes = yourIp === undefined ? undefined : packAddress(yourIp);
  const extensions: { readonly [key: string]: Encodable } = handshake.extensions ?? {};
  return encodeExtendedMessage(0, {
    ...handshake.otherFields,
    m: extensions,
    ...(metadataSize !== undefined && { metadata_size: metadataSize }),
    ...(port !== undefined && { p: port }),
    reqq: handshake.requestQueue,
    ...(uploadOnly !== undefined && { upload_only: uploadOnly ? 1 : 0 }),
    ...(handshake.client !== "" && { v: handshake.client }),
    ...(yourIpBytes !== undefined && { yourip: yourIpBytes }),
  });
}

/**
 * @param id The receiver's id of the extension, 1 to 255; 0 for the handshake.
 * @param restBytes Bytes behind the dictionary, which the caller sends.
 * @returns The message up to the end of the dictionary, with its length prefix.
 */
export function encodeExtendedMessage(
  id: number,
  fields: { readonly [key: string]: Encodable },
  restBytes: number = 0,
): Uint8Array {
  const dictionary = encode(fields);
  const message = new Uint8Array(headerBytes + dictionary.length);
  writeUint32(message, 0, message.length - 4 + restBytes);
  message[4] = MessageId.extended;
  message[5] = id;
  message.set(dictionary, headerBytes);
  return message;
}

/** @param id The receiver's id of the extension. @returns The whole message, with its length prefix. */
export function encodeExtensionPayload(id: number, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(headerBytes + payload.length);
  writeUint32(message, 0, message.length - 4);
  message[4] = MessageId.extended;
  message[5] = id;
  message.set(payload, headerBytes);
  return message;
}

/**
 * @param payload The dictionary after extended id 0. Read during the call only.
 * @throws {ProtocolError} Any code of {@link decode}; `field-wrong-type` for anything but a dictionary.
 */
export function decodeExtendedHandshake(payload: Uint8Array): ExtendedHandshake {
  const handshake = requireDictionary(decode(payload, bencodeLimits.wire), "handshake");
  const client = cleanText(handshake.get("v")?.string ?? "", maxClientLength);
  const requestQueue = integerOr(handshake.get("reqq"), 1, Number.MAX_SAFE_INTEGER, undefined);
  const port = integerOr(handshake.get("p"), 1, 65_535, undefined);
  const metadataSize = integerOr(handshake.get("metadata_size"), 1, maxMetadataBytes, undefined);
  const uploadOnly = integerOr(handshake.get("upload_only"), 0, Number.MAX_SAFE_INTEGER, undefined);
  const ownIp = unpackAddress(handshake.get("yourip")?.string);
  return {
    ...(client !== "" && { client }),
    ...(requestQueue !== undefined && { requestQueue: Math.min(requestQueue, maxRequestQueue) }),
    ...(port !== undefined && { port }),
    ...(metadataSize !== undefined && { metadataSize }),
    ...(uploadOnly !== undefined && { uploadOnly: uploadOnly !== 0 }),
    ...(ownIp !== undefined && { ownIp }),
    extensions: readExtensions(handshake.get("m")),
  };
}

function readExtensions(names: BencodeValue | undefined): ReadonlyMap<string, number> {
  const extensions = new Map<string, number>();
  let seen = 0;
  for (const [key, value] of names?.entries() ?? []) {
    if (++seen > maxExtensions) break;
    const id = integerOr(value, 0, 255, undefined);
    if (id === undefined || key.length > maxNameLength) continue;
    extensions.set(cleanText(key, maxNameLength), id);
  }
  return extensions;
}
