import { codeOf, retryAfterMs, type Http, type MayDial } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import {
  announceUrl,
  decodeAnnounceReply,
  retryWait,
  type AddressFamily,
  type AnnounceReply,
  type AnnounceRequest,
} from "@troupe/protocol/tracker";

/** Inflated bytes. */
const replyLimitBytes = 1 << 20;

/** The result of an announce. */
export interface Announced {
  readonly reply: AnnounceReply;
  /** Numeric, after redirects; undefined where the transport does not know it. */
  readonly remoteHost: string | undefined;
}

/** Limits of one announce. */
export interface HttpAnnounceLimits {
  readonly family: AddressFamily;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly mayDial?: MayDial;
  /** Now, since 1970. */
  readonly epochMs: number;
}

/**
 * Announces once to an HTTP(S) tracker (BEP 3, BEP 7, BEP 23) and reads the reply, 1 MiB at most.
 *
 * @throws ProtocolError `tracker-refused` (the tracker's own reason) or a decoding code; TroupeError `tracker-status`;
 *   ActorError `http-…` from the transport.
 */
export async function announceOverHttp(
  http: Pick<Http, "get">,
  url: string,
  announce: AnnounceRequest,
  { epochMs, ...limits }: HttpAnnounceLimits,
): Promise<Announced> {
  const reply = await http.get(announceUrl(url, announce), {
    ...limits,
    maxBodyBytes: replyLimitBytes,
  });
  const waitMs = retryAfterMs(reply.retryAfter, epochMs);
  const waitSeconds = waitMs === undefined ? undefined : Math.ceil(waitMs / 1_000);
  try {
    const answer = decodeAnnounceReply(reply.body, waitSeconds);
    return { reply: answer, remoteHost: reply.remoteHost };
  } catch (error) {
    if (reply.status === 200 || codeOf(error) === "tracker-refused") throw error;
    throw new TroupeError(
      "tracker-status",
      `the tracker answered with HTTP status ${reply.status}, where 200 is wanted`,
      {
        details: {
          ...{ url, status: reply.status },
          ...(waitSeconds !== undefined && { retryInSeconds: retryWait(waitSeconds) }),
        },
      },
    );
  }
}
