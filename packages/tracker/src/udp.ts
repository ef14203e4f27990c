// Answers datagrams of UDP clients (BEP 15): a connect gives a connection id, announces and scrapes must carry it.

import { hash, randomBytes } from "node:crypto";
import { ProtocolError } from "@troupe/protocol/errors";
import {
  decodeUdpRequest,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  encodeUdpError,
  encodeUdpScrapeReply,
  type ConnectionId,
  type UdpTrackerRequest,
} from "@troupe/protocol/tracker";
import { announce, type Answering, type Origin } from "./announce.ts";

/** A connection id is valid in the minute that gave it and in the two after it. */
const idWindowMs = 60_000;
const windowsAccepted = 3;

/** The peers that a datagram of 1,400 bytes has room for. */
const mostPeers = { 4: 200, 6: 76 } as const;

/** Connection ids prove that a client receives at its address. They are computed, so none is stored. */
export class ConnectionIds {
  readonly #secret = randomBytes(32).toString("hex");

  /** The id for a host in the present minute. */
  of(host: string, nowMs: number): ConnectionId {
    return this.#idIn(host, Math.floor(nowMs / idWindowMs));
  }

  isValid(id: ConnectionId, host: string, nowMs: number): boolean {
    const window = Math.floor(nowMs / idWindowMs);
    for (let age = 0; age < windowsAccepted; age++) {
      if (this.#idIn(host, window - age) === id) return true;
    }
    return false;
  }

  #idIn(host: string, window: number): ConnectionId {
    // A client sees 64 of 256 bits: too few to continue the hash. An HMAC costs three times as much.
    const digest = hash("sha256", `${this.#secret} ${window} ${host}`, "buffer");
    return digest.readBigUInt64BE(0) as ConnectionId;
  }
}

/** @returns The reply; undefined for a datagram that is not a request. */
export function answerDatagram(
  bytes: Uint8Array,
  { host, family }: Origin,
  answering: Answering & { readonly connectionIds: ConnectionIds },
): Uint8Array | undefined {
  const request = decode(bytes);
  if (request === undefined) return undefined;
  const { transactionId } = request;
  const { connectionIds, store, nowMs } = answering;
  if (request.action === "connect") {
    return encodeUdpConnectReply(transactionId, connectionIds.of(host, nowMs));
  }
  if (!connectionIds.isValid(request.connectionId, host, nowMs)) {
    const refusal = encodeUdpError(transactionId, "connect again");
    // Never longer than the request: a forged sender must not be sent more than the forger sent.
    return refusal.length <= bytes.length ? refusal : undefined;
  }
  if (request.action === "scrape") {
    const counts = request.infoHashes.map((infoHash) => store.counts(infoHash, nowMs));
    return encodeUdpScrapeReply(transactionId, counts);
  }
  const result = announce(request.query, { host, family }, { ...answering, family });
  if ("refused" in result) return encodeUdpError(transactionId, result.refused);
  const peers = result.peers.slice(0, mostPeers[family]);
  return encodeUdpAnnounceReply(transactionId, { ...result, peers }, family);
}

function decode(bytes: Uint8Array): UdpTrackerRequest | undefined {
  try {
    return decodeUdpRequest(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
