import { safePath, safePathPart, utf8Length } from "@troupe/protocol/metainfo";

import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { holdPath } from "./parse-torrent.ts";

/** Names of files from strangers: parts with a line break between them. */
export const safePathTarget: FuzzTarget = {
  name: "safe-path",
  oracle:
    "every path stays below its root on Linux and Windows, fits into 3,072 bytes, and is left as it is the second time",
  sources: ["protocol/src/metainfo/safe-path", "protocol/src/text/clean-text"],
  seeds: () =>
    ["a/b\n..\nc.txt", "CON\nnul.txt\n. .", `${"x".repeat(300)}.torrent`, "\u202egnp.exe"].map(
      bytesOf,
    ),
  mutate: textMutator([
    "\n",
    "\n..\n",
    ".torrent",
    "COM1",
    "LPT¹.txt",
    "CLOCK$",
    "CONIN$ .x",
    ". ",
    "_",
    "😀",
  ]),
  run(input) {
    const names = textOf(input).split("\n").slice(0, 100);
    const path = safePath(names);
    holdPath(path);
    hold(
      JSON.stringify(safePath(path)) === JSON.stringify(path),
      () => `changes again: ${JSON.stringify(path)}, ${JSON.stringify(safePath(path))}`,
    );
    for (const name of names) {
      hold(utf8Length(name.toWellFormed()) === Buffer.byteLength(name), "another length");
      const part = safePathPart(name, 40);
      if (part === undefined) continue;
      holdPath([part]);
      hold(Buffer.byteLength(part) <= 40, "longer than allowed");
      hold(
        safePathPart(part, 40) === part,
        () => `changes again: ${part}, ${safePathPart(part, 40)}`,
      );
    }
  },
};
