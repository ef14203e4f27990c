import { integerOr } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { cleanReason, cleanText } from "../text/clean-text.ts";
import { ProtocolError } from "../errors.ts";

/** A day: longer waits are cut to it. */
export const maxIntervalSeconds: number = 24 * 3_600;
const maxReasonLength = 300;

/**
 * @param request Names the refused request in the message.
 * @param retryAfterSeconds Wait that the HTTP reply names.
 * @throws {ProtocolError} `tracker-refused` for a reply with a `failure reason`, also as BEP 48 spells it. `retryInSeconds` in its
 *   details is the longest time that the tracker names: `retry in`, `interval`, `min interval` or {@link retryAfterSeconds}.
 */
export function refuseFailure(
  reply: BencodeValue,
  request: "announce" | "scrape",
  retryAfterSeconds?: number,
): void {
  const reason = reply.get("failure reason") ?? reply.get("failure_reason");
  if (reason === undefined) return;
  const text = cleanReason(reason.string ?? "", maxReasonLength);
  const named = [
    retryIn(reply.get("retry in")),
    integerOr(reply.get("interval"), 1, Number.MAX_SAFE_INTEGER, undefined),
    integerOr(reply.get("min interval"), 1, Number.MAX_SAFE_INTEGER, undefined),
    retryAfterSeconds,
  ].filter((seconds) => seconds !== undefined);
  const retryInSeconds = named.length === 0 ? undefined : retryWait(Math.max(...named));
  throw new ProtocolError("tracker-refused", {
    operation: request,
    message: `the tracker refused the ${request}: ${text === "" ? "it gives no reason" : text}`,
    details: { reason: text, ...(retryInSeconds !== undefined && { retryInSeconds }) },
  });
}

/** `retry in` (BEP 31): minutes, or "never". */
function retryIn(value: BencodeValue | undefined): number | undefined {
  const bytes = value?.string;
  if (bytes === undefined) {
    const minutes = integerOr(value, 1, Number.MAX_SAFE_INTEGER, undefined);
    return minutes === undefined ? undefined : minutes * 60;
  }
  const text = cleanText(bytes, 10);
  if (text === "never") return Infinity;
  return /^0*[1-9]\d{0,8}$/.test(text) ? Number(text) * 60 : undefined;
}

/** @returns The wait that a tracker gets: a day at most, but for "never". */
export function retryWait(seconds: number): number {
  return seconds === Infinity ? Infinity : Math.min(seconds, maxIntervalSeconds);
}
