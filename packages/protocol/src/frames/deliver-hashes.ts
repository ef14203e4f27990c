import {
  HashMessageId,
  decodeHashRequest,
  hashRequestBytes,
  type HashRequest,
} from "../peer/bep-52-hashes.ts";
import { nodeBytes } from "../merkle/merkle-tree.ts";
import { hashesNotRequested, wrongLength } from "./frame-faults.ts";

/** Receives the messages of BEP 52 on a connection that speaks version 2. */
export interface HashSink {
  /** Length of the longest `hashes` message that answers a request of ours, id included; 0 without a request. */
  readonly maxHashesBytes: number;
  /** Numbers are unchecked: the sink decides. */
  hashRequest(request: HashRequest): void;
  /** The request is unchecked. @param hashes Whole hashes, at least one. Lent. */
  hashes(request: HashRequest, hashes: Uint8Array): void;
  /** Unchecked. */
  hashReject(request: HashRequest): void;
}

function isHashMessage(id: number): boolean {
  return id >= HashMessageId.request && id <= HashMessageId.reject;
}

/**
 * @param sink Undefined on a connection that does not speak version 2.
 * @param lengthBytes With the id.
 * @returns Whether it is a message of BEP 52 that is read.
 * @throws {ProtocolError} `frame-wrong-length`, or `hashes-not-requested` for hashes of a length that no request of ours has.
 */
export function checkHashFrame(
  sink: HashSink | undefined,
  id: number,
  lengthBytes: number,
): boolean {
  if (sink === undefined || !isHashMessage(id)) return false;
  if (id !== HashMessageId.hashes) {
    if (lengthBytes !== hashRequestBytes) throw wrongLength(id, lengthBytes, hashRequestBytes);
    return true;
  }
  const { maxHashesBytes } = sink;
  const hashBytes = lengthBytes - hashRequestBytes;
  const isWhole = hashBytes >= nodeBytes && hashBytes % nodeBytes === 0;
  if (!isWhole || lengthBytes > maxHashesBytes)
    throw hashesNotRequested(lengthBytes, maxHashesBytes);
  return true;
}

/**
 * Delivers a message whose length was checked.
 *
 * @param payload After the id.
 * @returns Whether it is a message of BEP 52.
 */
export function deliverHashes(
  sink: HashSink | undefined,
  id: number,
  payload: Uint8Array,
): boolean {
  if (sink === undefined || !isHashMessage(id)) return false;
  const request = decodeHashRequest(payload);
  if (id === HashMessageId.request) sink.hashRequest(request);
  else if (id === HashMessageId.reject) sink.hashReject(request);
  else sink.hashes(request, payload.subarray(hashRequestBytes - 1));
  return true;
}
