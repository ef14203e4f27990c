// Four hundred peers that read 200 bytes a second, in a network namespace whose sockets have small buffers, as over long
// lines: loopback's would take megabytes of each reader.

import test from "ava";
import { fileURLToPath } from "node:url";
import { Exchange } from "../support/clients/interop.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { holdNamespace, within } from "../support/namespace.ts";
import { runProcess, startProcess } from "../support/programs/process.ts";

const readers = 400;
const lengthBytes = 4 << 20;
const script = fileURLToPath(new URL("../support/clients/slow_readers.mjs", import.meta.url));
/** Pieces that a peer gets without a slot (BEP 6). */
const allowedPieces = 10;
/** Readers that may have had a slot before. */
const mostBefore = readers / 3;

test.serial(
  "behind 400 readers of 200 B/s a newcomer has a slot before a third of them has had one",
  async (t) => {
    await using holder = await holdNamespace();
    const words = within(holder);
    await runProcess([...words, "ip", "link", "set", "lo", "up"]);
    for (const buffer of ["tcp_wmem", "tcp_rmem"])
      // One setting after the other.
      // oxlint-disable-next-line no-await-in-loop
      await runProcess([...words, "sysctl", "-q", "-w", `net.ipv4.${buffer}=4096 16384 65536`]);
    await using exchange = await Exchange.prepare({ pieceLengthBytes: 16_384, files: lengthBytes });
    const { torrent, source, target } = exchange;
    await using seed = await Troupe.seed({
      torrent: torrent.path,
      folder: source,
      within: words,
      arguments: ["--no-trackers", "--max-peers", "1000"],
    });
    const { port } = await seed.event("listening");
    await seed.event("progress", ({ haveBytes }) => haveBytes === lengthBytes);
    const command = [process.execPath, script, String(port), torrent.infoHash, String(readers)];
    await using crowd = await startProcess([...words, ...command]);
    await crowd.lineWhere("all readers", (line) => line === "up" || undefined);
    await using newcomer = await Troupe.download({
      torrent: torrent.path,
      folder: target,
      within: words,
      arguments: ["--no-trackers", "--peer", `127.0.0.1:${port}`],
    });
    let pieces = 0;
    const isServed = () => ++pieces > allowedPieces;
    await newcomer.event("piece", isServed);
    const before = crowd.lines.filter((line) => line === "unchoked").length;
    t.true(before <= mostBefore, `${before} readers had a slot before`);
  },
);
