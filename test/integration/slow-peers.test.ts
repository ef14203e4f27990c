// Sixty slow peers, pieces so large that memory holds three, and one peer that goes with half a piece: many peers have
// to fill the same pieces, and what one leaves behind is finished by the others.
//
// By default the peers are quicker than in the requirement, so that it takes seconds; `pnpm test:slow-peers` runs it with
// the exact figures, which takes a minute and a half.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import type { PacedSeeder } from "../support/swarm/paced-seeder.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const mebibyte = 1024 * 1024;
/** Three quarters of the memory are for downloads. */
const piecesInMemory = 3;
const isExact = process.env["TROUPE_SLOW_PEERS"] === "exact";
const pieceLengthBytes = (isExact ? 16 : 4) * mebibyte;
const memory = 4 * pieceLengthBytes;
const [peers, bytesPerSecond, pieces] = isExact ? [60, 20_000, 6] : [60, 160_000, 4];

/** The pieces that the other side has open, as the peers see them. */
class OpenPieces {
  /** Blocks that have come, by piece. */
  readonly #given = new Map<number, Set<number>>();
  /** The most that were open at once. */
  most = 0;

  asked(piece: number): void {
    if (!this.#given.has(piece)) this.#given.set(piece, new Set());
    const open = [...this.#given.values()].filter((blocks) => !isWhole(blocks)).length;
    this.most = Math.max(this.most, open);
  }

  given(piece: number, begin: number): void {
    this.#given.get(piece)?.add(begin);
  }
}

function isWhole(blocks: ReadonlySet<number>): boolean {
  return blocks.size === pieceLengthBytes / 16_384;
}

test(`${peers} slow peers fill pieces together, within the memory`, async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: pieces * pieceLengthBytes });
  const open = new OpenPieces();
  const watch = (what: "asked" | "cancelled" | "given", piece: number, begin: number): void => {
    if (what === "asked") open.asked(piece);
    else if (what === "given") open.given(piece, begin);
  };
  const vanishing = await swarm.pacedSeeder({
    watch,
    bytesPerSecond: 40 * bytesPerSecond,
    vanishesAfterBytes: pieceLengthBytes / 2 + 5_000,
  });
  const slow: PacedSeeder[] = [];
  for (let index = 1; index < peers; index++) {
    slow.push(await swarm.pacedSeeder({ watch, bytesPerSecond }));
  }
  const { record, folder } = await swarm.join({
    engine: { memory, peerWorkers: 1 },
    torrent: { useTrackers: false, peers: [vanishing, ...slow] },
  });
  await record.torrent.completed;

  await assertSameFiles(t, swarm.payload, folder);
  t.true(vanishing.hasVanished);
  const { downloadedBytes, wastedBytes, haveBytes } = record.torrent.progress;
  t.is(haveBytes, swarm.payload.totalBytes);
  t.true(wastedBytes < 0.05 * haveBytes, `${wastedBytes} bytes came for nothing`);
  t.is(downloadedBytes, haveBytes + wastedBytes);
  t.true(open.most <= piecesInMemory, `${open.most} pieces were open at once`);
  t.log({ pieces, bytesPerSecond, downloadedBytes, wastedBytes, openAtMost: open.most });
});
