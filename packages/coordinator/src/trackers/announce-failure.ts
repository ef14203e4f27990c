import { codeOf, messageOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { AnnounceFailure } from "./announce-state.ts";

/** The system's codes when the tracker has no address of a family, or this machine none. */
const missingFamily = new Set(["ENOTFOUND", "ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"]);
/** After these the tracker may have received the announce. */
const lostReplies = new Set(["tracker-silent", "http-deadline"]);

/** The tracker is busy (RFC 6585, RFC 9110). */
const busyStatuses: ReadonlySet<unknown> = new Set([429, 503]);

/** Reads the error of an announce. */
export function readFailure(error: unknown): AnnounceFailure {
  const code = codeOf(error) ?? "tracker-failed";
  const { cause, retryInSeconds, status } = detailsOf(error);
  const isUnreachable = code === "http-failed" || code === "tracker-unreachable";
  return {
    code,
    message: messageOf(error),
    mayHaveArrived: lostReplies.has(code),
    ...((code === "tracker-refused" || busyStatuses.has(status)) && { isRefusal: true }),
    isFamilyMissing:
      code === "tracker-family-missing" || (isUnreachable && missingFamily.has(String(cause))),
    retryInSeconds: typeof retryInSeconds === "number" ? retryInSeconds : undefined,
  };
}

/** The failure to report. @param isMissing No family was found: then one that is missing counts too. */
export function worstOf(
  results: readonly (AnnounceFailure | "given-up" | "replied")[],
  isMissing: boolean,
): AnnounceFailure | undefined {
  const failures = results.filter((result) => typeof result === "object");
  return failures.find(({ isFamilyMissing }) => isMissing || !isFamilyMissing);
}

function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  const { details } = (error ?? {}) as { readonly details?: Readonly<Record<string, unknown>> };
  return details ?? {};
}

/** The tracker has not replied in time. */
export function silent(): TroupeError {
  return new TroupeError("tracker-silent", "the tracker does not answer");
}
