// https://www.bittorrent.org/beps/bep_0052.html "peer messages": hash request, hashes, hash reject.
//
//   0   4   length of the rest, big-endian
//   4   1   id
//   5  32   root of the file
//  37   4   base layer
//  41   4   index
//  45   4   length
//  49   4   proof layers
//  53   …   hashes: 32 bytes each, then the uncles from the lowest to the highest

import { readUint32, writeUint32 } from "../bytes/byte-order.ts";
import { type HashRange, hashCount } from "../merkle/hash-range.ts";
import { nodeBytes } from "../merkle/merkle-tree.ts";
import { writeHead } from "./write-message.ts";

/** Ids of the messages of BEP 52. */
export const HashMessageId = { request: 21, hashes: 22, reject: 23 } as const;

/** Hashes of the tree of a file. */
export interface HashRequest extends HashRange {
  /** Root of the file, 32 bytes. */
  readonly root: Uint8Array;
}

const prefixBytes = 4;
/** Id, root and four numbers. */
export const hashRequestBytes: number = 1 + nodeBytes + 4 * 4;

/** @returns Length of the answer with its id, without prefix. */
export function hashesBytes(range: HashRange): number {
  return hashRequestBytes + hashCount(range) * nodeBytes;
}

/** @returns The whole message. */
export function encodeHashRequest(request: HashRequest): Uint8Array {
  return encode(HashMessageId.request, request, noHashes);
}

/** @returns The whole message. */
export function encodeHashReject(request: HashRequest): Uint8Array {
  return encode(HashMessageId.reject, request, noHashes);
}

/** @param hashes The range and its uncles; copied. @returns The whole message. */
export function encodeHashes(request: HashRequest, hashes: Uint8Array): Uint8Array {
  return encode(HashMessageId.hashes, request, hashes);
}

const noHashes = new Uint8Array(0);

function encode(id: number, request: HashRequest, hashes: Uint8Array): Uint8Array {
  const { root, baseLayer, index, length, proofLayers } = request;
  const lengthBytes = hashRequestBytes + hashes.length;
  const message = new Uint8Array(prefixBytes + lengthBytes);
  let at = writeHead(message, 0, lengthBytes, id);
  message.set(root, at);
  at += nodeBytes;
  for (const number of [baseLayer, index, length, proofLayers])
    at = writeUint32(message, at, number);
  message.set(hashes, at);
  return message;
}

/** @param payload After the id, 48 bytes or more. @returns Its numbers, unchecked, and a copy of its root. */
export function decodeHashRequest(payload: Uint8Array): HashRequest {
  return {
    root: payload.slice(0, nodeBytes),
    baseLayer: readUint32(payload, nodeBytes),
    index: readUint32(payload, nodeBytes + 4),
    length: readUint32(payload, nodeBytes + 8),
    proofLayers: readUint32(payload, nodeBytes + 12),
  };
}

/** @returns Whether both ask for the same hashes. */
export function isSameHashRequest(one: HashRequest, other: HashRequest): boolean {
  return (
    one.baseLayer === other.baseLayer &&
    one.index === other.index &&
    one.length === other.length &&
    one.proofLayers === other.proofLayers &&
    one.root.every((byte, at) => byte === other.root[at])
  );
}
