import { stripVTControlCharacters } from "node:util";

import { cleanText } from "@troupe/protocol/text";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** Text from strangers that is shown. The first byte says how much of it. */
export const cleanTextTarget: FuzzTarget = {
  name: "clean-text",
  oracle:
    "one line, no longer than asked, well-formed, nothing that a terminal obeys, and the same when cleaned again",
  sources: ["protocol/src/text/clean-text"],
  seeds: () =>
    ["@plain text", "\u001b[31mred\u001b[0m\r\nnext", "\u202eabc", "\u{1f600}".repeat(20)].map(
      bytesOf,
    ),
  mutate: textMutator(["\u001b]0;x\u0007", "\u009b31m", "\u0000", "\n", "  ", "\ud83d", "\ude00"]),
  run(input) {
    const most = input[0] ?? 0;
    for (const source of [input.subarray(1), textOf(input.subarray(1))]) {
      const text = cleanText(source, most);
      hold(text.length <= most && text.isWellFormed(), "too long or broken");
      hold(
        !/[\p{Cc}\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069\ufeff]/u.test(text),
        "a hidden character",
      );
      hold(stripVTControlCharacters(text) === text, "a terminal obeys it");
      hold(cleanText(text, most) === text, () => `changes again: ${JSON.stringify(text)}`);
    }
  },
};
