// One disk never stops another: calls below one torrent's folder hang in the system, and a torrent on another device does
// all that it does without them.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { filesBelow } from "../support/files/files-below.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startProcess } from "../support/programs/process.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import {
  hangingBelow,
  hasTwoDevices,
  TwoDisks,
  type TwoDisksOptions,
} from "../support/swarm/two-disks.ts";

const lookProgram = fileURLToPath(new URL("look.program.ts", import.meta.url));
const mebibyte = 1 << 20;
const onTwoDevices = hasTwoDevices() ? test.serial : test.serial.skip;
const small: Omit<TwoDisksOptions, "kind"> = {
  lengthBytes: { A: mebibyte, B: mebibyte },
};

/** Waits for a part of both; the doors of the seeders let half of each pass. */
async function someOf(disks: TwoDisks): Promise<void> {
  for (const seeder of Object.values(disks.seeders)) seeder.allow(mebibyte / 2);
  await someOfBoth(disks);
}

async function someOfBoth(disks: TwoDisks): Promise<void> {
  await disks.until("some of both", () => {
    const has = (name: "A" | "B") => disks.linesOf(name, "progress").at(-1)?.haveBytes ?? 0;
    return (has("A") > 0 && has("B") > 0) || undefined;
  });
}

/** All that can be done with B. */
async function useB(disks: TwoDisks): Promise<void> {
  await disks.complete("B");
  await disks.done({ order: "check", name: "B" });
  await disks.done({ order: "stop", name: "B" });
  await disks.done({ order: "move", name: "B", to: disks.elsewhere });
}

onTwoDevices("hung writes of one disk stop no torrent of another device", async (t) => {
  await using disks = await TwoDisks.open({ ...small, kind: "hang-write" });
  await someOf(disks);
  disks.hang();
  disks.open();
  await useB(disks);
  await disks.until("the warning", () => disks.linesOf("A", "warning").at(0));
  t.deepEqual(disks.linesOf("A", "complete"), []);
  t.deepEqual(disks.linesOf("B", "warning", "error"), []);
  t.like(disks.linesOf("A", "warning").at(0), { code: "disk-slow" });
  t.true(disks.linesOf("A", "warning").at(0)?.message?.includes(disks.folders.A));
  disks.wake();
  await disks.complete("A");
  await assertSameFiles(t, disks.swarms.A.payload, disks.folders.A);
  await assertSameFiles(t, disks.swarms.B.payload, disks.elsewhere);
});

onTwoDevices("a hung sync of one disk stops no torrent of another device", async (t) => {
  await using disks = await TwoDisks.open({ ...small, kind: "hang-sync", hangsAtStart: true });
  disks.open();
  await disks.complete("A");
  await useB(disks);
  t.deepEqual(disks.linesOf("B", "warning", "error"), []);
  disks.wake();
  await assertSameFiles(t, disks.swarms.A.payload, disks.folders.A);
  await assertSameFiles(t, disks.swarms.B.payload, disks.elsewhere);
});

onTwoDevices(
  "a folder that does not answer is the error of its torrent alone, which continues by itself",
  async (t) => {
    await using disks = await TwoDisks.open({ ...small, kind: "hang-stat", hangsAtStart: true });
    disks.open();
    const error = await disks.until("the error", () => disks.linesOf("A", "error").at(0));
    t.is(error.code, "disk-not-answering");
    t.true(error.message?.includes(disks.folders.A));
    await useB(disks);
    t.deepEqual(disks.linesOf("B", "warning", "error"), []);
    disks.wake();
    await disks.complete("A");
    await assertSameFiles(t, disks.swarms.A.payload, disks.folders.A);
  },
);

/** A has left its old folder, and is whole in the new one. */
async function assertMoved(t: ExecutionContext, disks: TwoDisks, to: string): Promise<void> {
  t.deepEqual(filesBelow(disks.folders.A), []);
  await assertSameFiles(t, disks.swarms.A.payload, to);
}

onTwoDevices(
  "a move whose source hangs stops no torrent of the target's device, and finishes when the source answers",
  async (t) => {
    await using disks = await TwoDisks.open({ ...small, kind: "hang-read" });
    disks.seeders.A.open();
    await disks.complete("A");
    disks.hang();
    const to = join(disks.folders.B, "from A");
    const move = disks.done({ order: "move", name: "A", to });
    t.deepEqual(disks.linesOf("B", "complete"), []);
    disks.seeders.B.open();
    await useB(disks);
    t.deepEqual(disks.linesOf("A", "done", "failed"), [], "the move still waits");
    t.deepEqual(disks.linesOf("B", "warning", "error"), []);
    disks.wake();
    await move;
    await assertMoved(t, disks, to);
    await assertSameFiles(t, disks.swarms.B.payload, disks.elsewhere);
  },
);

const onLinux = process.platform === "linux" ? test.serial : test.serial.skip;

for (const kind of ["hang-stat", "hang-realpath"] as const) {
  onLinux(`a look at a folder that hangs in ${kind.slice(5)} delays no other look`, async (t) => {
    using hung = temporaryFolder("look-hung");
    using good = temporaryFolder("look-good");
    const child = await startProcess([process.execPath, lookProgram, hung.path, good.path], {
      environment: await hangingBelow(hung.path, { kind, trigger: hung.path }),
    });
    const last = await child.lineWhere("the end", (line) =>
      line.startsWith("stuck") ? line : undefined,
    );
    // Its thread sits in the call: nothing else ends it.
    child.killSession();
    t.is(last, `stuck ${hung.path}`);
    const answers = child.lines.filter((line) => line.startsWith('"'));
    const due = [`"device" ${good.path}`, `"disk-not-answering" ${hung.path}`];
    t.deepEqual(answers.toSorted(), due);
  });
}

const isLong = process.env["TROUPE_TWO_DISKS"] === "long";
const quietMs = 15_000;
const hangMs = 60_000;
const idleAfterMs = 30_000;

if (isLong)
  onTwoDevices("a torrent whose move to a hung disk was refused starts again", async (t) => {
    await using disks = await TwoDisks.open({ ...small, kind: "hang-write" });
    disks.open();
    await Promise.all([disks.complete("A"), disks.complete("B")]);
    for (const name of ["A", "B"] as const) await disks.done({ order: "stop", name });
    disks.hang();
    const move = disks.done({ order: "move", name: "B", to: join(disks.folders.A, "next") });
    await t.throwsAsync(move, { message: /disk-not-answering|has not returned/ });
    // Longer than a file-worker without torrents is kept.
    await new Promise((resolve) => setTimeout(resolve, idleAfterMs + 5_000));
    await disks.done({ order: "start", name: "B" });
    await disks.until("B to run again", () => disks.linesOf("B", "complete").at(1));
  });

if (isLong)
  onTwoDevices(
    "a move whose source hangs for half a minute is refused, and the same move finishes when the source answers",
    async (t) => {
      await using disks = await TwoDisks.open({ ...small, kind: "hang-read" });
      disks.seeders.A.open();
      await disks.complete("A");
      disks.hang();
      disks.seeders.B.open();
      const to = join(disks.folders.B, "from A");
      const move = disks.done({ order: "move", name: "A", to });
      const refused = t.throwsAsync(move, { message: /"code":"disk-not-answering"/ });
      await useB(disks);
      await refused;
      await disks.done({ order: "move", name: "B", to: disks.folders.B });
      t.deepEqual(disks.linesOf("B", "warning", "error"), []);
      disks.wake();
      await disks.done({ order: "move", name: "A", to });
      await assertMoved(t, disks, to);
    },
  );

if (isLong)
  onTwoDevices(
    "while one disk hangs for a minute a torrent of another keeps nine tenths of its rate",
    async (t) => {
      const pace = 16 * mebibyte;
      const lengthBytes = { A: 30 * pace, B: 100 * pace };
      await using disks = await TwoDisks.open({
        bytesPerSecond: pace,
        lengthBytes,
        kind: "hang-write",
      });
      disks.open();
      await someOfBoth(disks);
      const rateOver = async (ms: number): Promise<number> => {
        const had = () => disks.linesOf("B", "progress").at(-1)?.haveBytes ?? 0;
        const [before, beganMs] = [had(), performance.now()];
        await new Promise((resolve) => setTimeout(resolve, ms));
        return ((had() - before) / (performance.now() - beganMs)) * 1000;
      };
      const before = await rateOver(quietMs);
      disks.hang();
      const during = await rateOver(hangMs);
      disks.wake();
      t.log(
        `${before.toFixed(0)} B/s before, ${during.toFixed(0)} B/s while it hung: ${(during / before).toFixed(3)}`,
      );
      t.true(during >= 0.9 * before);
      t.deepEqual(disks.linesOf("B", "warning", "error"), []);
      t.like(disks.linesOf("A", "error").at(0), { code: "disk-not-answering" });
      await Promise.all([disks.complete("A"), disks.complete("B")]);
      await assertSameFiles(t, disks.swarms.A.payload, disks.folders.A);
      await assertSameFiles(t, disks.swarms.B.payload, disks.folders.B);
    },
  );
