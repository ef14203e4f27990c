import test from "ava";
import { readContent } from "../../src/torrent/content-gate.ts";

test("bytes that are no bencode are refused as no .torrent file", (t) => {
  t.deepEqual(readContent(Uint8Array.of(0, 1, 2), { source: "file" }), {
    refused: "bencode-malformed",
    message:
      "the source is not a .torrent file: cannot read bencode at byte 0: no value starts with byte 0",
  });
});
