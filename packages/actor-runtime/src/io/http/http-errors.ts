// The four ways in which a request fails, in one voice. Addresses are shown without path and query: these hold
// the passkeys of private trackers.

import { ActorError } from "../../failure.ts";
import { systemSentence } from "../system/system-sentence.ts";
import { codeOf } from "../../errors.ts";

const operation = "http-get";

/** `http-failed`: no answer, or none that can be read. `details.cause` is the system's code. */
export function httpFailed(url: URL, error: unknown): ActorError {
  const cause = codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document from ${url.origin}: ${systemSentence(error)}`,
    details: { origin: url.origin, cause },
    cause: error,
  });
}

/** `http-failed` for an address that no request can be sent to. */
export function httpAddressRefused(seen: string): ActorError {
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document: ${seen}, only http: and https: addresses are allowed`,
    details: { cause: "ERR_INVALID_URL" },
  });
}

/** `http-failed` for a request that its caller gave up. */
export function httpAborted(url: URL, reason: unknown): ActorError {
  return new ActorError("http-failed", {
    operation,
    message: `cannot get a document from ${url.origin}: the request was given up`,
    details: { origin: url.origin, cause: "ABORT_ERR" },
    cause: reason,
  });
}

/** `http-deadline`: the whole request, redirects and body included, took too long. */
export function httpDeadline(url: URL, deadlineMs: number): ActorError {
  return new ActorError("http-deadline", {
    operation,
    message: `cannot get a document from ${url.origin}: not complete within ${deadlineMs} ms`,
    details: { origin: url.origin, deadlineMs },
  });
}

/** `http-too-large`: the body has more bytes than allowed, as sent or once inflated. */
export function httpTooLarge(url: URL, maxBodyBytes: number): ActorError {
  return new ActorError("http-too-large", {
    operation,
    message: `cannot take the document from ${url.origin}: it has more than ${maxBodyBytes} bytes`,
    details: { origin: url.origin, maxBodyBytes },
  });
}

/** `http-redirect-refused`: too many redirects, or one that leads where it must not. */
export function httpRedirectRefused(url: URL, seen: string): ActorError {
  return new ActorError("http-redirect-refused", {
    operation,
    message: `cannot follow ${url.origin}: ${seen}`,
    details: { origin: url.origin },
  });
}
