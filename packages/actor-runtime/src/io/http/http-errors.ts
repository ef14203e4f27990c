// Messages omit a URL's path and query, which hold the passkeys of private trackers. `details.reason` is the last part of
// the message, for callers that name the URL themselves.

import { ActorError } from "../../failure.ts";
import { systemSentence } from "../system/system-sentence.ts";
import { codeOf } from "../../errors.ts";

const operation = "http-get";

/** `http-failed`: no readable answer. `details.cause` is the system's code. */
export function httpFailed(url: URL, error: unknown): ActorError {
  const system = codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
  return notGot("http-failed", url, systemSentence(error), {
    details: { cause: system },
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
export function httpAborted(url: URL, cause: unknown): ActorError {
  const details = { cause: "ABORT_ERR" };
  return notGot("http-failed", url, "the request was given up", { details, cause });
}

/** `http-deadline`, with redirects and body. */
export function httpDeadline(url: URL, deadlineMs: number): ActorError {
  const reason = `not complete within ${deadlineMs} ms`;
  return notGot("http-deadline", url, reason, { details: { deadlineMs } });
}

/** `http-too-large`: the body exceeds the limit, as sent or inflated. */
export function httpTooLarge(url: URL, maxBodyBytes: number): ActorError {
  const reason = `it has more than ${maxBodyBytes} bytes`;
  return notGot("http-too-large", url, reason, { details: { maxBodyBytes } });
}

/** `http-redirect-refused`: too many redirects, or a forbidden target. */
export function httpRedirectRefused(url: URL, seen: string): ActorError {
  return new ActorError("http-redirect-refused", {
    operation,
    message: `cannot follow ${url.origin}: ${seen}`,
    details: { origin: url.origin, reason: seen },
  });
}

function notGot(
  code: string,
  { origin }: URL,
  reason: string,
  {
    details,
    cause,
  }: { readonly details: Readonly<Record<string, unknown>>; readonly cause?: unknown },
): ActorError {
  return new ActorError(code, {
    operation,
    message: `cannot get a document from ${origin}: ${reason}`,
    details: { origin, reason, ...details },
    cause,
  });
}

/** The status of a proxy that asks for a login, or refuses it. */
export const proxyLoginStatus = 407;

/** The cause of a request that the proxy itself got, and refused for its login. */
export function proxyLogin(): Error {
  return Object.assign(new Error("the proxy refuses the login"), { code: "proxy-login" });
}
