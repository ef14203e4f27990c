// Some files of a torrent are wanted more than others, or not at all: over real connections.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { hasBit } from "@troupe/protocol/peer";
import { assertSameFiles } from "../support/clients/interop.ts";
import type { PacedSeeder, PacedSeederOptions } from "../support/swarm/paced-seeder.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const pieceLengthBytes = 32 * 1024;
/** Three files of 10.5, 10 and 11.5 pieces: pieces 10 and 20 are shared. */
const shape = {
  pieceLengthBytes,
  files: ["a", "b", "c"].map((name, index) => ({
    path: ["sub", name],
    lengthBytes: ([10.5, 10, 11.5][index] ?? 0) * pieceLengthBytes,
  })),
};

interface Scene {
  readonly swarm: Swarm;
  readonly seeder: PacedSeeder;
  /** Pieces in the order in which their first block was asked for. */
  readonly asked: number[];
}

async function open(more: Partial<PacedSeederOptions> = {}): Promise<Scene & AsyncDisposable> {
  const swarm = await Swarm.open(shape);
  const asked: number[] = [];
  const seeder = await swarm.pacedSeeder({
    watch: (what, piece) => {
      if (what === "asked" && !asked.includes(piece)) asked.push(piece);
    },
    ...more,
  });
  return { swarm, seeder, asked, [Symbol.asyncDispose]: () => swarm[Symbol.asyncDispose]() };
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("AE18, AE19, AE20: only the pieces of a selected file are fetched; the torrent is then complete and not a seed", async (t) => {
  await using scene = await open();
  const { swarm, seeder, asked } = scene;
  const torrent = { useTrackers: false, peers: [seeder], priorities: [0, 1, 0] };
  const { record, folder } = await swarm.join({ torrent });
  await record.torrent.completed;
  t.deepEqual(
    asked.toSorted((one, other) => one - other),
    range(10, 20),
  );
  t.true(record.torrent.isComplete);
  t.false(record.torrent.isSeed);
  t.is(record.torrent.left, 0);
  t.deepEqual(record.torrent.wanted, new Uint8Array(4));
  t.deepEqual(
    range(0, 31).filter((piece) => hasBit(record.torrent.bitfield, piece)),
    range(10, 20),
  );
  const [, file] = record.torrent.files;
  t.deepEqual(file, {
    path: join(folder, "payload/sub/b"),
    torrentPath: "payload/sub/b",
    lengthBytes: 10 * pieceLengthBytes,
    offset: 10.5 * pieceLengthBytes,
    pieceRange: [10, 20],
    priority: 1,
    haveBytes: 10 * pieceLengthBytes,
    isPadding: false,
    isInPartFile: false,
  });
  t.deepEqual(
    readFileSync(join(folder, "payload/sub/b")),
    readFileSync(join(swarm.payload.folder, "payload/sub/b")),
  );
  t.deepEqual(readdirSync(join(folder, "payload/sub")), ["b"]);
});

test("AE6, E07: an earlier selection is found again, served, and completed to the whole torrent", async (t) => {
  await using scene = await open();
  const { swarm, seeder, asked } = scene;
  const torrent = { useTrackers: false, peers: [seeder], priorities: [0, 1, 0] };
  const first = await swarm.join({ torrent });
  await first.record.torrent.completed;
  await first.coordinator.close();
  asked.length = 0;

  const { folder } = first;
  const again = await swarm.join({ folder, torrent });
  await again.record.torrent.completed;
  t.is((await again.record.torrent.checked).passed, 11);
  t.deepEqual(asked, []);
  // A check-only torrent without the selection finds the same pieces.
  await using looking = await startEngine({ peerWorkers: 0 });
  const checked = await looking.add(swarm.metainfo, { directory: folder, checkOnly: true });
  t.is((await checked.checked).passed, 11);
  t.is(checked.files[1]?.haveBytes, checked.files[1]?.lengthBytes);
  // A peer of it gets both shared pieces from the part file.
  const other = await swarm.join({
    torrent: {
      useTrackers: false,
      peers: [{ host: "127.0.0.1", port: again.coordinator.port }],
      priorities: [0, 1, 0],
    },
  });
  await other.record.torrent.completed;
  t.deepEqual(readdirSync(join(other.folder, "payload/sub")), ["b"]);
  await again.coordinator.close();

  const rest = await swarm.join({ folder, torrent: { ...torrent, priorities: [1, 1, 1] } });
  await rest.record.torrent.completed;
  t.deepEqual(
    asked.toSorted((one, two) => one - two),
    [...range(0, 9), ...range(21, 31)],
  );
  await assertSameFiles(t, swarm.payload, folder);
  t.deepEqual(
    readdirSync(folder).filter((name) => name !== ".troupe"),
    ["payload"],
  );
});

test("AE16, AE17, AE21, E08: files that become wanted are fetched while the torrent runs, which is then a seed", async (t) => {
  await using scene = await open();
  const { swarm, seeder } = scene;
  const torrent = { useTrackers: false, peers: [seeder], priorities: [0, 0, 1] };
  const { record, folder } = await swarm.join({ torrent });
  t.is(record.torrent.left, 12 * pieceLengthBytes);
  await record.torrent.completed;
  record.torrent.setPriority(0, 1);
  t.false(record.torrent.isComplete);
  t.is(record.torrent.left, 11 * pieceLengthBytes);
  await record.until("the second file", () => record.torrent.isComplete);
  // Wanted more before it was said, it would not be complete, and would not say so.
  await record.until("the second completion", () => record.completions === 2);
  record.torrent.setPriority(1, 3);
  await record.until("all", () => record.torrent.isSeed);
  t.deepEqual(record.torrent.priorities, [1, 3, 1]);
  await assertSameFiles(t, swarm.payload, folder);
  await record.until("the last completion", () => record.completions === 3);
  t.is(
    record.torrent.bitfield.every((byte) => byte === 0xff),
    true,
  );
});

test("AE21: a file with priority 1000 is fetched before a file with priority 1 is begun", async (t) => {
  await using scene = await open();
  const { swarm, seeder, asked } = scene;
  const torrent = { useTrackers: false, peers: [seeder], priorities: [1, 1000, 2] };
  const { record } = await swarm.join({ torrent });
  await record.torrent.completed;
  t.deepEqual(asked.slice(0, 11).toSorted(), range(10, 20));
  t.deepEqual(asked.slice(11, 22).toSorted(), range(21, 31));
});

test("sequential pieces are requested by their index", async (t) => {
  await using scene = await open();
  const { swarm, seeder, asked } = scene;
  const torrent = { useTrackers: false, peers: [seeder], sequential: true };
  const { record } = await swarm.join({ torrent });
  await record.torrent.completed;
  t.deepEqual(asked, range(0, 31));
});

test("a list of priorities of another length than the files is refused", async (t) => {
  await using scene = await open();
  await t.throwsAsync(scene.swarm.join({ torrent: { priorities: [1, 1] } }), {
    code: "option-out-of-range",
  });
  const { record } = await scene.swarm.join({ torrent: { start: false } });
  for (const [file, priority] of [
    [3, 1],
    [-1, 1],
    [0, -1],
    [0, 65_536],
    [0, 0.5],
  ] as const) {
    t.throws(() => record.torrent.setPriority(file, priority), { code: "option-out-of-range" });
  }
});
