// The command names files, is killed, and is run again.

import test from "ava";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../support/files/files-below.ts";
import { Command, runCommand } from "../support/programs/command.ts";
import { GatedSeeders } from "../support/swarm/gated-seeders.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 256 * 1024;
const totalBytes = 16 * 1024 * 1024;
const files = [
  { path: ["a.bin"], lengthBytes: totalBytes / 2 },
  { path: ["sub", "b.bin"], lengthBytes: totalBytes / 2 },
];
const alone = ["--no-trackers", "--port", "0", "--bind", "127.0.0.1", "--json"];

test.serial(
  "L13, E10, E11: a download that is killed goes on under its names without the options, and check and cat use them",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const seeders = await GatedSeeders.open(swarm, 1);
    const folder = swarm.folder("killed").path;
    const torrent = join(swarm.folder("torrent").path, "job.torrent");
    writeFileSync(torrent, swarm.metainfo);
    const peers = seeders.relays.flatMap(({ host, port }) => ["--peer", `${host}:${port}`]);
    const words = [torrent, "--dir", folder, ...peers, ...alone];
    const names = ["--layout", "no-folder", "--part-suffix", ".part", "--rename", "sub=other"];

    seeders.allow(1 / 2);
    using first = new Command([...words, ...names]);
    await first.until("some pieces", () => first.count("piece") >= 16);
    first.signal("SIGKILL");
    await first.ended;
    t.true(filesBelow(folder).every((path) => /^(?:a\.bin|other\/b\.bin)(?:\.part)?$/.test(path)));

    seeders.allow(1);
    using second = new Command([...words, "--rename", "a.bin=first.bin"]);
    const end = await second.ended;
    t.is(end.status, 0, end.stderr);
    t.deepEqual(filesBelow(folder), ["first.bin", "other/b.bin"]);
    const { passedBytes } = seeders;
    // The unfinished pieces of a killed program are fetched again.
    t.true(passedBytes < 1.4 * totalBytes, `${passedBytes} bytes were sent`);

    const check = await runCommand(["check", torrent, "--dir", folder]);
    t.is(check.status, 0, check.stderr);
    const cat = await runCommand(["cat", torrent, "first.bin", "--dir", folder, "--range", "0-9"]);
    t.is(cat.status, 0, cat.stderr);
    const source = readFileSync(join(swarm.payload.folder, "payload", "a.bin"));
    t.deepEqual(readFileSync(join(folder, "first.bin")).equals(source), true);
    const foreign = await runCommand(["check", torrent, "--dir", folder, "--state-dir", folder]);
    t.is(foreign.status, 3, "without the record the names are those of the torrent");
  },
);
