// A program that uses the library ends by itself: `close()` leaves no thread, socket, timer or file behind.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { endsByItself, startProgram } from "../support/programs/program.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const leech = new URL("./fixtures/leech.ts", import.meta.url);
const pieceLengthBytes = 64 * 1024;
const totalBytes = 4 * 1024 * 1024;

const ends = test.macro<[host: "threads" | "inline", when: "complete" | "close"]>({
  title: (_, host, when) =>
    when === "complete"
      ? `a program with a complete download ends after close, host ${host}`
      : `a program that closes in the middle of a download ends, host ${host}`,
  async exec(t, host, when) {
    await using swarm = await Swarm.open({ pieceLengthBytes, files: totalBytes });
    const torrent = join(swarm.folder("torrent").path, "job.torrent");
    writeFileSync(torrent, swarm.metainfo);
    const seeder = await swarm.pacedSeeder({ isShut: true });
    seeder.allow(when === "complete" ? totalBytes : totalBytes / 4);
    const words = [host, swarm.folder("data").path, torrent, String(seeder.port), when];
    await using program = await startProgram(leech, words);
    const { status, signal } = await endsByItself(program);
    t.is(signal, undefined, "it did not end by itself");
    t.is(status, 0, program.tail());
    const { haveBytes, held } = JSON.parse(program.lines.at(-1) ?? "{}");
    t.is(haveBytes === totalBytes, when === "complete");
    t.deepEqual(held, []);
  },
});

for (const host of ["threads", "inline"] as const) {
  for (const when of ["complete", "close"] as const) test(ends, host, when);
}
