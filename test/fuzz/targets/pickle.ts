import { TroupeError } from "@troupe/control";

import { delugeClasses } from "../../../packages/coordinator/src/api/imports/deluge.ts";
import { PickledObject, readPickle } from "../../../packages/coordinator/src/api/imports/pickle.ts";
import { bytesMutator } from "../engine/mutate-bytes.ts";
import { hold, holdTyped } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const list =
  "\u0080\u0002cdeluge.core.torrentmanager\nTorrentManagerState\n)\u0081}X\b\0\0\0torrents]";
const torrent = "cdeluge.core.torrentmanager\nTorrentState\n)\u0081}(X\u0006\0\0\0pausedNub";

/** Deluge's list of torrents. */
export const pickle: FuzzTarget = {
  name: "pickle",
  oracle:
    "refused with a code and a sentence, or values whose objects are of Deluge's two classes alone",
  sources: ["coordinator/src/api/imports/pickle"],
  seeds: () =>
    [
      `${list}(${torrent}esb.`,
      `${list}${torrent}asb.`,
      "\u0080\u0004\u0095\0\0\0\0\0\0\0\0\u008c\u0001a\u0094h\0\u0086.",
      "(K\u0001M\u0001\u0002J\0\0\0\0G\0\0\0\0\0\0\0\0\u0088\u0089Nt.",
      "]q\0h\0a.",
    ].map(latin1),
  mutate: bytesMutator(
    ["cos\nsystem\n", "R", "(", "e", "u", "b", "h\0", "q\0", ")\u0081", "]", "}", ".", torrent].map(
      latin1,
    ),
  ),
  run(input) {
    try {
      holdKnown(readPickle(input, delugeClasses));
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      hold(error.code === "import-malformed", () => `the code ${error.code}`);
      holdTyped(error);
    }
  },
};

/** A value may hold itself. */
function holdKnown(root: unknown): void {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) waiting.push(...value);
    else if (value instanceof Map) waiting.push(...value.keys(), ...value.values());
    else if (value instanceof PickledObject) {
      hold(delugeClasses.has(value.className), () => `the class ${value.className}`);
      waiting.push(value.fields);
    }
  }
}

function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
