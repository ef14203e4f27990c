// Counts instead of times: noise of the machine cannot hide a message or an object more. These tests run one after the
// other, because a counted thread is up to a hundred times slower.

import test from "ava";
import { freshBundle } from "../../packages/cli/src/bundle.ts";
import {
  blockBounds,
  connectionBounds,
  downloadBounds,
  scriptBounds,
} from "../support/counts/bounds.ts";
import { above, beyondBounds, eachAbove } from "../support/counts/beyond-bounds.ts";
import { countConnections } from "../support/counts/counted-connections.ts";
import { countDownload } from "../support/counts/counted-download.ts";
import { hopsOf } from "../support/counts/hops.ts";

const totalBytes = 64 << 20;
const pieces = 256;
const small = { totalBytes, pieceLengthBytes: totalBytes / pieces };
const large = { totalBytes, pieceLengthBytes: 1 << 20 };
const blocks = totalBytes / 16_384;

/** Counts above their bound, as sentences. */
function aPieceAbove(
  what: string,
  seen: Readonly<Record<string, number>>,
  most: Readonly<Record<string, number>>,
): string[] {
  const aPiece = Object.entries(seen).map(([name, count]) => [name, count / pieces]);
  return eachAbove(`${what} a piece`, Object.fromEntries(aPiece), most);
}

test.serial("a download sends few messages and frames a piece between its threads", async (t) => {
  const beyond = await beyondBounds(async () => {
    const { messages, frames } = hopsOf(await countDownload(small, ["messages"]));
    // The count sees what it is to bound: each piece is sealed, and is written.
    t.true((messages["peer-0 → engine"] ?? 0) > 0 && (messages["file-0 → engine"] ?? 0) > 0);
    return [
      ...aPieceAbove("messages", messages, downloadBounds.messages),
      ...aPieceAbove("frames", frames, downloadBounds.frames),
    ];
  });
  t.deepEqual(beyond, []);
});

test.serial("a download makes no promise a block, and few a piece", async (t) => {
  const beyond = await beyondBounds(async () => {
    const threads = await countDownload(small, ["promises"]);
    const promises = Object.fromEntries(
      threads.map(({ thread, promises: made }) => [thread, made]),
    );
    t.true((promises["engine"] ?? 0) > 0);
    return aPieceAbove("promises", promises, downloadBounds.promises);
  });
  t.deepEqual(beyond, []);
});

test.serial("a download makes few objects a piece", async (t) => {
  const beyond = await beyondBounds(async () => {
    const threads = await countDownload(small, ["objects"]);
    const objects = Object.fromEntries(
      threads.map(({ thread, objects: made }) => [
        thread,
        made.reduce((sum, { objects: count }) => sum + count, 0),
      ]),
    );
    return aPieceAbove("objects", objects, downloadBounds.objects);
  });
  t.deepEqual(beyond, []);
});

test.serial(
  "no function of a peer-worker makes an object or a promise for each block",
  async (t) => {
    const beyond = await beyondBounds(async () => {
      const threads = await countDownload(large, ["objects", "promises"]);
      const worker = threads.find(({ thread }) => thread === "peer-0");
      const [most] = worker?.objects ?? [];
      t.true((most?.objects ?? 0) > 0);
      t.is((worker?.promises ?? 1) / blocks, blockBounds.promises);
      const aBlock = (most?.objects ?? 0) / blocks;
      return above(`objects a block by ${most?.by}`, aBlock, blockBounds.objectsOfOneFunction);
    });
    t.deepEqual(beyond, []);
  },
);

test.serial("each thread loads a bounded amount of code", async (t) => {
  t.truthy(freshBundle(), "the bundle is older than its sources: pnpm run prepare makes it");
  const beyond = await beyondBounds(async () => {
    const threads = await countDownload({ ...small, totalBytes: 4 << 20 }, ["scripts"]);
    t.true(threads.every(({ scripts }) => scripts.files > 0));
    const characters = threads.map(({ thread, scripts }) => [thread, scripts.characters]);
    return eachAbove("characters of code", Object.fromEntries(characters), scriptBounds);
  });
  t.deepEqual(beyond, []);
});

for (const way of ["accepted", "dialled"] as const) {
  test.serial(
    `an idle connection that was ${way} takes little memory in each thread`,
    async (t) => {
      const beyond = await beyondBounds(async () => {
        const bytes = await countConnections(way);
        // The count sees what it is to bound.
        t.true((bytes["peer-0"] ?? 0) > 1_000);
        return eachAbove("bytes", bytes, connectionBounds[way]);
      });
      t.deepEqual(beyond, []);
    },
  );
}
