// The reaction to each hostile web seed, and the bounds of its cost in a hundred seconds.

import type { WebSeedStatus } from "@troupe/messages";

/** A reaction, and the bounds of its cost. */
export interface WebSeedReaction {
  readonly state: WebSeedStatus["state"];
  /** Codes of its errors, each once. */
  readonly codes: readonly string[];
  /** The most requests that we send. */
  readonly requests: number;
  /** Codes of warnings. */
  readonly warnings: readonly string[];
  /** Pieces that came from it alone. */
  readonly pieces: number;
  /** The rest after this time. */
  readonly nextInSeconds?: readonly [least: number, most: number];
}

/** At the start, after 2 s because no peer is connected yet, and after 60 s more. */
const tries = 3;
/** Files with a piece of their own. */
const files = 3;

function rests(code: string, over: Partial<WebSeedReaction> = {}): WebSeedReaction {
  return {
    state: "resting",
    codes: [code],
    requests: tries,
    warnings: ["web-seed-failed"],
    pieces: 0,
    nextInSeconds: [70, 100],
    ...over,
  };
}

/** No piece is left whose files it may have. */
const withoutFiles: WebSeedReaction = {
  state: "idle",
  codes: [],
  requests: files,
  warnings: [],
  pieces: 0,
};

/** A piece was wrong. */
const off: WebSeedReaction = {
  state: "off",
  codes: ["bad-piece"],
  requests: 2,
  warnings: ["web-seed-off"],
  pieces: 0,
};

/** By name of the web seed. */
export const webSeedReactions: Readonly<Record<string, WebSeedReaction>> = {
  // A disk that has written nothing yet gets an eighth of the memory, so that the run of pieces is cut once.
  "wrong-bytes": { ...off, requests: 3 },
  "endless-body": { state: "idle", codes: [], requests: 8, warnings: [], pieces: 64 },
  trickle: rests("web-seed-timeout", { requests: 2, nextInSeconds: [20, 60] }),
  "short-body": rests("web-seed-short"),
  reset: rests("http-failed"),
  silent: rests("http-deadline", { requests: 2, nextInSeconds: [10, 60] }),
  "whole-file-elsewhere": withoutFiles,
  "other-range": rests("web-seed-wrong-range"),
  "other-length": withoutFiles,
  "no-range": rests("web-seed-wrong-range"),
  gzip: { ...off, requests: 3 },
  "whole-wrong-bytes": off,
  "whole-endless": { state: "idle", codes: [], requests: 4, warnings: [], pieces: 64 },
  "whole-short": rests("web-seed-short"),
  // The first file comes, with all pieces that lie in it.
  "whole-other-length": { ...withoutFiles, requests: 1 + files, pieces: 22 },
  "whole-gzip": off,
  "whole-trickle": rests("web-seed-timeout", { requests: 2, nextInSeconds: [20, 60] }),
  "whole-then-part": { ...withoutFiles, requests: 1 + files, pieces: 22 },
  // Each file rests by itself.
  "refused-ranges": { ...withoutFiles, requests: files * tries },
  "not-found": withoutFiles,
  busy: rests("web-seed-status", { requests: 1, nextInSeconds: [3_400, 3_600] }),
  broken: rests("web-seed-status"),
  "redirect-inside": rests("http-redirect-refused"),
  "redirect-loop": rests("http-redirect-refused", {
    requests: 6 * tries,
    nextInSeconds: [100, 120],
  }),
};
