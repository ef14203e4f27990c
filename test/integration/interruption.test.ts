// The command is interrupted in the middle of a download and run again: it continues where it was.

import test from "ava";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Command, type JsonLine } from "../support/programs/command.ts";
import { GatedSeeders } from "../support/swarm/gated-seeders.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const totalBytes = 128 * pieceLengthBytes;

test("PI1, PI9: a download that a closed pipe and then SIGINT interrupt continues where it stopped, and ends when it is done", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: totalBytes });
  const gatedSeeders = await GatedSeeders.open(swarm, 1);
  const folder = swarm.folder("interrupted").path;
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const peers = gatedSeeders.relays.flatMap(({ host, port }) => ["--peer", `${host}:${port}`]);
  const alone = ["--no-trackers", "--port", "0", "--bind", "127.0.0.1", "--json"];
  const words = [torrent, "--dir", folder, ...peers, ...alone];

  gatedSeeders.allow(1 / 4);
  using first = new Command(words);
  await first.until("some pieces", () => first.count("piece") >= 16);
  first.closeStdout();
  t.is((await first.ended).status, 0, "its reader has read enough");

  gatedSeeders.allow(1 / 2);
  using second = new Command(words);
  await second.until("more pieces", () => second.count("piece") >= 16);
  second.signal("SIGINT");
  const interrupted = await second.ended;
  t.is(interrupted.status, 130, interrupted.stderr);
  t.regex(interrupted.stderr, /the same command resumes there/);
  t.deepEqual(
    second.lines.slice(-2).map(({ event }) => event),
    ["stopped", "end"],
  );
  t.is(second.lines.at(-1)?.["exitCode"], 130);

  gatedSeeders.allow(1);
  using third = new Command(words);
  const end = await third.ended;
  t.is(end.status, 0, end.stderr);
  await assertSameFiles(t, swarm.payload, folder);

  const passed = gatedSeeders.passedBytes;
  t.true(passed < 1.15 * totalBytes, `${passed} bytes were sent for a payload of ${totalBytes}`);
  for (const run of [second, third]) {
    // The pieces had at the start came from the disk.
    const progress = run.latest("progress") ?? { event: "", time: 0 };
    const [have, downloaded] = [progress["haveBytes"], progress["downloadedBytes"]];
    t.true(Number(downloaded) < Number(have), JSON.stringify(progress));
    for (const line of run.lines) assertWellFormed(line);
  }

  function assertWellFormed(line: JsonLine): void {
    t.is(typeof line.event, "string");
    t.true(Number.isSafeInteger(line.time));
    const { infoHash = null } = line;
    t.true(infoHash === null || infoHash === swarm.infoHash);
  }
});

test("PI9, F18: a second SIGINT ends the command with 130 while a tracker keeps it waiting", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: pieceLengthBytes });
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  // A tracker that leaves `stopped` unanswered: an end in order waits for it, and says so.
  const { promise: isStopping, resolve: hearStopped } = Promise.withResolvers<void>();
  const tracker = createServer((request, response) => {
    if (request.url?.includes("event=stopped") === true) hearStopped();
    else response.end("d8:intervali1800e5:peers0:e");
  });
  t.teardown(() => tracker.close());
  await new Promise<void>((resolve) => void tracker.listen(0, "127.0.0.1", resolve));
  const { port } = tracker.address() as AddressInfo;
  const where = ["--dir", swarm.folder("data").path, "--port", "0", "--bind", "127.0.0.1"];
  const words = [torrent, ...where, "--tracker", `http://127.0.0.1:${port}/announce`, "--json"];
  using command = new Command(words);
  await command.event("tracker");
  command.signal("SIGINT");
  await isStopping;
  command.signal("SIGINT");
  const { status, stderr } = await command.ended;
  t.is(status, 130, stderr);
});
