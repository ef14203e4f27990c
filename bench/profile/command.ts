// The command as users start it, with its bundle and a warm cache of compiled code.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quietWords } from "../../test/support/swarm/quiet.ts";
import { CountedCommand, type Counted } from "../../test/support/counts/counted-command.ts";
import type { RunningProcess } from "../../test/support/programs/process.ts";
import type { Counts, Work } from "./row.ts";

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));

/** For Node's cache of compiled code. */
export const compiledFolder = join(tmpdir(), "troupe-bench", "compiled");

/** @returns Words of the command after `troupe`, with a state folder. */
export function words(
  call: "download" | "seed",
  torrents: readonly string[],
  folder: string,
): string[] {
  const places = ["--dir", join(folder, "target"), "--state-dir", join(folder, "state")];
  return [
    call,
    ...torrents,
    ...places,
    "--bind",
    "127.0.0.1",
    "--port",
    "0",
    "--json",
    ...quietWords,
  ];
}

/** @returns The command line. */
export function commandLine(all: readonly string[]): readonly string[] {
  return [process.execPath, troupe, ...all];
}

/** Waits for so many events of a name in the output with `--json`. */
export async function events(running: RunningProcess, name: string, count = 1): Promise<void> {
  let seen = 0;
  const isLast = (line: string): true | undefined => {
    if (line.startsWith(`{"event":"${name}"`)) seen++;
    return seen >= count || undefined;
  };
  await running.lineWhere(`${count} events ${name}`, isLast);
}

/** @returns The port that the command listens on. */
export async function listeningPort(running: RunningProcess): Promise<number> {
  return await running.lineWhere("its port", (line) => {
    const [, port] = /^\{"event":"listening".*"port":(\d+)/.exec(line) ?? [];
    return port === undefined ? undefined : Number(port);
  });
}

/** Counts the threads of a command from the start of the measured time to its end. */
export async function countWork(
  line: readonly string[],
  act: Work["act"],
  what: readonly Counted[],
): Promise<Counts> {
  await using command = await CountedCommand.start(line, what);
  const amount = await act(command.process, () => command.begin());
  return { threads: await command.end(), amount };
}
