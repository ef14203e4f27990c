// Messages omit a URL's path and query, which hold the passkeys of private trackers.

import { ActorError } from "../../failure.ts";
import { systemSentence } from "../system/system-sentence.ts";
import { codeOf } from "../../errors.ts";

const operation = "http-get";

/** `http-failed`: no readable answer. `details.cause` is the system's code. */
export function httpFailed(url: URL, error: unknown): ActorError {
  const cause = codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document from ${url.origin}: ${systemSentence(error)}`,
    details: { origin: url.origin, cause },
    cause: error,
  });
}

/** `http-failed` for an unusable URL. */
export function httpAddressRefused(seen: string): ActorError {
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document: ${seen}, only http: and https: addresses are allowed`,
    details: { cause: "ERR_INVALID_URL" },
  });
}

/** `http-failed`: the caller aborted. */
export function httpAborted(url: URL, reason: unknown): ActorError {
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document from ${url.origin}: the request was given up`,
    details: { origin: url.origin, cause: "ABORT_ERR" },
    cause: reason,
  });
}

/** `http-deadline`, with redirects and body. */
export function httpDeadline(url: URL, deadlineMs: number): ActorError {
  return new ActorError("http-deadline", {
    operation,
    message: `cannot get a document from ${url.origin}: not complete within ${deadlineMs} ms`,
    details: { origin: url.origin, deadlineMs },
  });
}

/** `http-too-large`: the body exceeds the limit, as sent or inflated. */
export function httpTooLarge(url: URL, maxBodyBytes: number): ActorError {
  return new ActorError("http-too-large", {
    operation,
    message: `cannot take the document from ${url.origin}: it has more than ${maxBodyBytes} bytes`,
    details: { origin: url.origin, maxBodyBytes },
  });
}

/** `http-redirect-refused`: too many redirects, or a forbidden target. */
export function httpRedirectRefused(url: URL, seen: string): ActorError {
  return new ActorError("http-redirect-refused", {
    operation,
    message: `cannot follow ${url.origin}: ${seen}`,
    details: { origin: url.origin },
  });
}
