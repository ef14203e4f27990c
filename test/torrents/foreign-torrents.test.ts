// Torrents that others have collected, odd and hostile ones among them: `pnpm test:torrents DIR`. None is committed
// here; libtorrent's `test/test_torrents` is a good folder.

import test from "ava";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { Command, type CommandEnd } from "../support/programs/command.ts";

const folder = process.env["TORRENTS_FOLDER"];
if (folder === undefined)
  throw new Error("TORRENTS_FOLDER names no folder: pnpm test:torrents DIR");

async function info(...words: string[]): Promise<CommandEnd> {
  using command = new Command(["info", ...words]);
  return await command.ended;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith(".torrent"))) {
  // One after the other: each is two processes.
  test.serial(`${name} is read, or refused with a code and a sentence`, async (t) => {
    const path = join(folder, name);
    const shown = await info(path);
    const told = await info("--json", path);
    t.is(shown.status, told.status);
    t.notRegex(shown.stdout + shown.stderr + told.stderr, /^ +at |internal failure/mu);
    const line = JSON.parse(told.stdout.split("\n")[0] ?? "") as Readonly<Record<string, unknown>>;
    if (shown.status === 0) {
      t.is(line["event"], "info");
      t.true(Number(line["lengthBytes"]) > 0);
      t.log("read", (line["warnings"] as string[]).join("; "));
      return;
    }
    t.is(shown.status, 1);
    t.is(line["event"], "error");
    t.regex(String(line["code"]), /^[a-z0-9]+(-[a-z0-9]+)+$/u);
    t.true(String(line["message"]).length > 20);
    t.log("refused", line["code"], line["message"]);
  });
}
