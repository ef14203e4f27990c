// The scenario that a command line names.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import {
  builtInNames,
  builtInText,
  readScenario,
  shortScenario,
  type Scenario,
  type ScenarioChanges,
} from "@troupe/load-tester";
import { cleanText, suggestion } from "@troupe/protocol/text";
import type { FileRun, RunWords, ShortRun } from "../../arguments/load-test-arguments.ts";
import { CommandError } from "../../failure.ts";

/** Bound of a scenario file, in bytes. */
const mostBytes = 2 ** 20;

/**
 * The scenario of a file, or one that comes along, with the changes of the command line. A name without a dot and a slash
 * is first that of a scenario that comes along.
 *
 * @param folder Relative paths begin here.
 * @throws CommandError `scenario-unreadable`, TroupeError `scenario-malformed`
 */
export async function scenarioOfFile(words: FileRun, folder: string): Promise<Scenario> {
  const { source } = words;
  const changes = changesOf(words, folder);
  const text = /[./\\]/.test(source) ? undefined : builtInText(source);
  if (text !== undefined)
    return readScenario(text, { fileName: `${source}.yaml`, folder }, changes);
  const path = resolve(folder, source);
  const origin = { fileName: basename(path), folder: dirname(path) };
  return readScenario(await readText(path, source), origin, changes);
}

/**
 * The scenario of a few words.
 *
 * @throws TroupeError `scenario-malformed`
 */
export function scenarioOfWords(words: ShortRun, folder: string): Scenario {
  const { torrent } = changesOf(words, folder);
  return shortScenario({ ...words, torrent, target: words.targets[0] ?? "" });
}

function changesOf({ targets, torrent, seed, budgets }: RunWords, folder: string): ScenarioChanges {
  const absolute = (path: string): string => resolve(folder, path);
  return {
    targets,
    budgets,
    ...(seed !== undefined && { seed }),
    ...(torrent !== undefined && {
      torrent: {
        file: absolute(torrent.file),
        data: torrent.data === undefined ? undefined : absolute(torrent.data),
      },
    }),
  };
}

async function readText(path: string, source: string): Promise<string> {
  const shown = cleanText(source, 200);
  try {
    // A FIFO would block the reader.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(shown, "it is no file");
    if (stat.size > mostBytes)
      throw unreadable(shown, `it has ${stat.size} bytes, allowed are ${mostBytes}`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile());
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      const meant = suggestion(source.slice(0, 60), builtInNames());
      throw unreadable(shown, `there is no such file, and no scenario of this name${meant}`, cause);
    }
    const reason = code === undefined || code.startsWith("ERR_") ? "it is no UTF-8 text" : code;
    throw unreadable(shown, reason, cause);
  }
}

function unreadable(shown: string, reason: string, cause?: unknown): CommandError {
  return new CommandError("scenario-unreadable", `cannot read the scenario ${shown}: ${reason}`, {
    cause,
  });
}
