// The limit of uploads over TCP beside those over uTP. uTP leaves a full line to TCP, which would take all of it.

import type { UploadsByTransport } from "../../torrent/report/traffic.ts";

/** The least rate of TCP beside uTP, in bytes a second: with less a few peers would wait for blocks. */
const leastTcpRate = 50_000;
/** A rate that differs less is not set anew: a new one takes back what was granted. */
const leastChange = 0.1;
/** The limit gives uTP at least this of its part. */
const leastUse = 0.5;
/** A limit that gives uTP less for so long ends: other programs fill the line. */
const trialMs = 10_000;
/** TCP is free after that for so long. */
const pauseMs = 60_000;

/** Uploads of all torrents in the last second. */
export interface UploadMix extends UploadsByTransport {
  /** Payload, over TCP and uTP. */
  bytesPerSecond: number;
}

/** The life of the limit. */
export type TcpLimit =
  | {
      readonly kind: "free";
      /** No limit begins before this. */
      readonly untilMs: number;
    }
  | {
      readonly kind: "limited";
      /** Limit of all uploads over TCP, in bytes a second. */
      readonly rate: number;
      /** The most that all uploads together have had since the limit began, in bytes a second. */
      readonly lineRate: number;
      /** The last time at which uTP used its part; at first the beginning of the limit. */
      readonly usedAtMs: number;
    };

/** No limit, which may begin at any time. */
export const noTcpLimit: TcpLimit = { kind: "free", untilMs: 0 };

/**
 * Once a second. Uploads over TCP leave peers over uTP their part of the line, by the number of peers, while a peer over uTP
 * waits for the line. A limit that does not help uTP ends, because it would only slow TCP.
 */
export function nextTcpLimit(before: TcpLimit, mix: UploadMix, nowMs: number): TcpLimit {
  const { tcpPeers, heldBackPeers, bytesPerSecond, utpBytesPerSecond } = mix;
  if (before.kind === "free" && nowMs < before.untilMs) return before;
  if (heldBackPeers === 0 || tcpPeers === 0) return noTcpLimit;
  const utpPart = partOfUtp(mix);
  const isUsed = utpBytesPerSecond >= leastUse * utpPart * bytesPerSecond;
  const usedAtMs = isUsed || before.kind === "free" ? nowMs : before.usedAtMs;
  if (nowMs - usedAtMs > trialMs) return { kind: "free", untilMs: nowMs + pauseMs };
  const lineRate = before.kind === "free" ? 0 : before.lineRate;
  const line = Math.max(lineRate, bytesPerSecond);
  const wanted = Math.max(leastTcpRate, Math.floor(line * (1 - utpPart)));
  const isNear =
    before.kind === "limited" && Math.abs(wanted - before.rate) < leastChange * before.rate;
  return { kind: "limited", rate: isNear ? before.rate : wanted, lineRate: line, usedAtMs };
}

/** A peer that waits for the line may have got no payload in the last second. */
function partOfUtp({ tcpPeers, utpPeers, heldBackPeers }: UploadMix): number {
  const utp = Math.max(utpPeers, heldBackPeers);
  return utp / (tcpPeers + utp);
}
