import type { Http } from "@troupe/actor-runtime";
import {
  announceUrl,
  decodeAnnounceReply,
  type AnnounceReply,
  type InfoHash,
} from "@troupe/protocol";
import { TroupeError } from "../troupe-error.ts";

/** Inflated bytes. */
const replyLimitBytes = 1 << 20;
const wantedPeers = 200;

/** Constant during a run. */
export interface AnnounceIdentity {
  readonly infoHash: InfoHash;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly port: number;
  /** Tells us apart from others behind our address; the same in every announce of a session. */
  readonly key: string;
}

/** Payload bytes since `started`; `left` counts the whole torrent. */
export interface AnnounceCounters {
  readonly uploaded: number;
  readonly downloaded: number;
  readonly left: number;
}

/** An announce to a tracker. */
export interface Announce extends AnnounceIdentity, AnnounceCounters {
  readonly event?: "started" | "completed" | "stopped";
  readonly trackerId?: string;
  readonly deadlineMs: number;
  /** Gives the announce up. */
  readonly signal?: AbortSignal;
}

/** The result of an announce. */
export interface Announced {
  readonly reply: AnnounceReply;
  /** Numeric, after redirects; undefined where the transport does not know it. */
  readonly remoteHost: string | undefined;
}

/**
 * Announces once to an HTTP(S) tracker (BEP 3, BEP 7, BEP 23) and reads the reply, 1 MiB at most.
 *
 * @throws ProtocolError `tracker-refused` (the tracker's own reason) or a decoding code; TroupeError `tracker-status`;
 *   ActorError `http-…` from the transport.
 */
export async function announceOnce(
  http: Http,
  url: string,
  announce: Announce,
): Promise<Announced> {
  const { deadlineMs, signal, ...fields } = announce;
  const numWant = announce.event === "stopped" ? 0 : wantedPeers;
  const reply = await http.get(announceUrl(url, { ...fields, numWant }), {
    deadlineMs,
    maxBodyBytes: replyLimitBytes,
    ...(signal !== undefined && { signal }),
  });
  const isAnswer = reply.status === 200 || reply.body[0] === 0x64;
  if (!isAnswer) {
    throw new TroupeError(
      "tracker-status",
      `the tracker answered with HTTP status ${reply.status}, where 200 is wanted`,
      { details: { url, status: reply.status } },
    );
  }
  return { reply: decodeAnnounceReply(reply.body), remoteHost: reply.remoteHost };
}
