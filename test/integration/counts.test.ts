// Counts instead of times: noise of the machine cannot hide a message or an object more. These tests run one after the
// other, because a counted thread is up to a hundred times slower.

import test from "ava";
import { freshBundle } from "../../packages/cli/src/bundle.ts";
import {
  blockBounds,
  connectionBounds,
  downloadBounds,
  largePieceObjects,
  scriptBounds,
} from "../support/counts/bounds.ts";
import { above, beyondBounds, eachAbove } from "../support/counts/beyond-bounds.ts";
import { countConnections } from "../support/counts/counted-connections.ts";
import { countDownload } from "../support/counts/counted-download.ts";
import { hopsOf } from "../support/counts/hops.ts";
import type { ThreadCounts } from "../support/counts/thread-hook.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";

const totalBytes = 64 << 20;
const pieces = 256;
const small = { totalBytes, pieceLengthBytes: totalBytes / pieces };
const largePieces = 64;
const large = { totalBytes, pieceLengthBytes: totalBytes / largePieces };
const blocks = totalBytes / 16_384;

/** Counts above their bound, as sentences. */
function aPieceAbove(
  what: string,
  seen: Readonly<Record<string, number>>,
  most: Readonly<Record<string, number>>,
  ofPieces = pieces,
): string[] {
  const aPiece = Object.entries(seen).map(([name, count]) => [name, count / ofPieces]);
  return eachAbove(`${what} a piece`, Object.fromEntries(aPiece), most);
}

test.serial(
  "a download sends few messages and frames a piece between its threads, and makes few promises",
  async (t) => {
    const beyond = await beyondBounds(async () => {
      const threads = await countDownload(small, ["messages", "promises"]);
      const { messages, frames } = hopsOf(threads);
      const promises = Object.fromEntries(
        threads.map(({ thread, promises: made }) => [thread, made]),
      );
      // The count sees what it is to bound: each piece is sealed, and is written.
      t.true((messages["peer-0 → engine"] ?? 0) > 0 && (messages["file-0 → engine"] ?? 0) > 0);
      t.true((promises["engine"] ?? 0) > 0);
      return [
        ...aPieceAbove("messages", messages, downloadBounds.messages),
        ...aPieceAbove("frames", frames, downloadBounds.frames),
        ...aPieceAbove("promises", promises, downloadBounds.promises),
      ];
    });
    t.deepEqual(beyond, []);
  },
);

// The gate bounds the objects of large pieces.
longTest("a download makes few objects a piece", async (t) => {
  const beyond = await beyondBounds(async () => {
    const threads = await countDownload(small, ["objects"]);
    return aPieceAbove("objects", objectsOf(threads), downloadBounds.objects);
  });
  t.deepEqual(beyond, []);
});

test.serial(
  "a download makes few objects a large piece, and no function of a peer-worker makes an object or a promise for each block; each thread loads a bounded amount of code",
  async (t) => {
    t.truthy(freshBundle(), "the bundle is older than its sources: pnpm run prepare makes it");
    const beyond = await beyondBounds(async () => {
      const threads = await countDownload(large, ["objects", "promises", "scripts"]);
      const worker = threads.find(({ thread }) => thread === "peer-0");
      const [most] = worker?.objects ?? [];
      t.true((most?.objects ?? 0) > 0);
      t.is((worker?.promises ?? 1) / blocks, blockBounds.promises);
      t.true(threads.every(({ scripts }) => scripts.files > 0));
      const aBlock = (most?.objects ?? 0) / blocks;
      const characters = threads.map(({ thread, scripts }) => [thread, scripts.characters]);
      return [
        ...above(`objects a block by ${most?.by}`, aBlock, blockBounds.objectsOfOneFunction),
        ...aPieceAbove("objects", objectsOf(threads), largePieceObjects, largePieces),
        ...eachAbove("characters of code", Object.fromEntries(characters), scriptBounds),
      ];
    });
    t.deepEqual(beyond, []);
  },
);

/** Objects of each thread. */
function objectsOf(threads: readonly ThreadCounts[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    threads.map(({ thread, objects }) => [
      thread,
      objects.reduce((sum, { objects: count }) => sum + count, 0),
    ]),
  );
}

for (const way of isLong ? (["mixed", "accepted", "dialled"] as const) : (["mixed"] as const)) {
  const which =
    way === "mixed" ? "each second was accepted, and the others dialled" : `it was ${way}`;
  test.serial(`an idle connection takes little memory in each thread where ${which}`, async (t) => {
    const beyond = await beyondBounds(async () => {
      const bytes = await countConnections(way);
      // The count sees what it is to bound.
      t.true((bytes["peer-0"] ?? 0) > 1_000);
      return eachAbove("bytes", bytes, connectionBounds[way]);
    });
    t.deepEqual(beyond, []);
  });
}
