// The command whose engine crashes more often than it may be restarted, and its next run.

import { join } from "node:path";
import test from "ava";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { Command } from "../support/programs/command.ts";
import { quietWords } from "../support/swarm/quiet.ts";

const torrents = 100;
const pieceLengthBytes = 16 * 1024;

test("engine-lost ends the command with 70, and the next run seeds all 100 torrents", async (t) => {
  using folder = temporaryFolder("engine-lost", quickDisk());
  const files = Array.from({ length: torrents }, (_, seed) => {
    const name = `payload-${seed}`;
    const shape = { folder: folder.path, name, pieceLengthBytes, files: 40_000, seed };
    return writeTorrentFile(writePayload(shape)).path;
  });
  const places = ["--dir", folder.path, "--state-dir", join(folder.path, "state"), "--json"];
  const listening = ["--bind", "127.0.0.1", "--port", "0", "--no-trackers", ...quietWords];
  const words = ["seed", ...files, ...places, ...listening];
  {
    using struck = new Command([...words, "--chaos", "kill:engine:100/s"]);
    const { status, stderr } = await struck.ended;
    t.is(status, 70, stderr);
    t.regex(stderr, /\[engine-lost\]/);
  }
  using next = new Command(words);
  await next.until("all torrents", () => next.count("complete") === torrents);
  t.is(next.count("error"), 0);
  next.signal("SIGINT");
  t.is((await next.ended).status, 130);
});
