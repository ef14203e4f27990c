import { percentDecode, percentEncode } from "@troupe/protocol/tracker";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Bytes in URLs. */
export const percentEncoding: FuzzTarget = {
  name: "percent-encoding",
  oracle:
    "any bytes come back as they were; any text gives bytes or nothing, and where both understand it, those of decodeURIComponent",
  sources: ["protocol/src/tracker/percent-encoding"],
  seeds: () => ["%00%ff", "a+b", "abc-._~", "%c3%a9", "%", "%4", "\u00ff"].map(bytesOf),
  mutate: textMutator(["%", "%2", "%2f", "%zz", "+", "%c3%a9", "\u00ff", "\u0100"]),
  maxBytes: 512,
  run(input) {
    const encoded = percentEncode(input);
    hold(/^[A-Za-z0-9%._~-]*$/u.test(encoded), "a character that must be encoded");
    const decoded = percentDecode(encoded);
    hold(decoded !== undefined && sameBytes(decoded, input), "other bytes come back");
    const text = textOf(input);
    const bytes = percentDecode(text);
    hold(bytes === undefined || bytes.length <= text.length, "more bytes than characters");
    if (bytes === undefined || bytesOf(text).length > text.length || text.includes("+")) return;
    let theirs: string;
    try {
      theirs = decodeURIComponent(text);
    } catch {
      return;
    }
    hold(sameBytes(bytes, bytesOf(theirs)), "decodeURIComponent reads otherwise");
  },
};
