import { readUint32 } from "../bytes/byte-order.ts";
import { FastMessageId } from "../peer/bep-06-fast.ts";
import type { FrameRules } from "./frame-rules.ts";
import type { FrameSink } from "./frame-sink.ts";

/**
 * Delivers a message of the fast extension (BEP 6), whose id and length were checked.
 *
 * @param at The offset of its fields.
 */
export function deliverFast(
  sink: FrameSink,
  rules: Pick<FrameRules, "checkPiece">,
  bytes: Uint8Array,
  at: number,
  id: number,
): void {
  switch (id) {
    case FastMessageId.haveAll:
      return sink.haveAll();
    case FastMessageId.haveNone:
      return sink.haveNone();
    case FastMessageId.suggest:
      return sink.suggest(rules.checkPiece(readUint32(bytes, at)));
    case FastMessageId.allowedFast:
      return sink.allowedFast(rules.checkPiece(readUint32(bytes, at)));
    default:
      return sink.reject(
        readUint32(bytes, at),
        readUint32(bytes, at + 4),
        readUint32(bytes, at + 8),
      );
  }
}
