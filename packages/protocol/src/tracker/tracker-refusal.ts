import { integerOr } from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { cleanReason, cleanText } from "../text/clean-text.ts";
import { ProtocolError } from "../errors.ts";

const maxReasonLength = 300;

/**
 * @param request Names the refused request in the message.
 * @throws {ProtocolError} `tracker-refused` for a reply with a `failure reason`, also as BEP 48 spells it.
 */
export function refuseFailure(reply: BencodeValue, request: "announce" | "scrape"): void {
  const reason = reply.get("failure reason") ?? reply.get("failure_reason");
  if (reason === undefined) return;
  const text = cleanReason(reason.string ?? "", maxReasonLength);
  const retryInSeconds = retryIn(reply.get("retry in"));
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
    const minutes = integerOr(value, 1, 7 * 24 * 60, undefined);
    return minutes === undefined ? undefined : minutes * 60;
  }
  const text = cleanText(bytes, 10);
  if (text === "never") return Infinity;
  const minutes = Number(text);
  return minutes >= 1 && minutes <= 7 * 24 * 60 ? Math.ceil(minutes) * 60 : undefined;
}
