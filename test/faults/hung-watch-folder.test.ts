// A watch folder on a network disk that is away.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildNative } from "../../bench/support/native.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { startProcess } from "../support/programs/process.ts";
import { until } from "../support/time/until.ts";
import { buildTorrent } from "../support/service/named-torrent.ts";
import { quietWords } from "../support/swarm/quiet.ts";

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux(
  "H01: a watch folder that hangs holds up neither other folders nor lists, and the service ends",
  async (t) => {
    using folder = temporaryFolder("watch-away");
    const place = (name: string): string => join(folder.path, name);
    for (const name of ["hung", "good", "data"]) mkdirSync(place(name));
    for (const name of ["hung", "good"])
      writeFileSync(place(`${name}/${name}.torrent`), buildTorrent(name));
    const watchFolders = ["hung", "good"].map((name) => ({ path: place(name), state: "stopped" }));
    writeFileSync(place("settings.yaml"), JSON.stringify({ watchFolders }));
    const options = ["-shared", "-fPIC", "-ldl"];
    const shim = await buildNative(new URL("hung-folder.c", import.meta.url), options);
    const state = ["--state-dir", place("state")];
    const words = ["serve", "--dir", place("data"), ...state, "--settings", place("settings.yaml")];
    const alone = ["--listen", "127.0.0.1:0", "--port", "0", "--bind", "127.0.0.1", ...quietWords];
    await using service = await startProcess([process.execPath, troupe, ...words, ...alone], {
      environment: { LD_PRELOAD: shim, HUNG_ROOT: place("hung"), HUNG_UNTIL: place("until") },
    });
    await until("the good torrent is added", async () =>
      existsSync(place("good/good.torrent.added")),
    );
    // Rows come to lists within a second.
    const list = async (): Promise<string> =>
      (await runCommand(["list", "--json", ...state])).stdout;
    await until("it is in the list", async () => (await list()).includes('"good"'));
    t.false((await list()).includes('"hung"'));
    await service.lineWhere("the name of the folder", (line) =>
      line.includes(`the watch folder ${place("hung")} does not answer`) ? line : undefined,
    );
    const end = await service.stop(20_000, "SIGTERM");
    // A thread in a disk call leaves no other end.
    t.is(end.signal, "SIGKILL");
    t.true(
      service.lines.some((line) => line.includes("[disk-not-answering]")),
      service.tail(),
    );
  },
);
