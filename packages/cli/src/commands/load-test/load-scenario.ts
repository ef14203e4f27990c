// The scenario that a command line names.

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
import { readTextFile } from "../../text-file.ts";

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
  const file = await readTextFile(path);
  if ("text" in file) return file.text;
  const { isMissing, cause } = file;
  if (!isMissing) throw unreadable(shown, file.refused, cause);
  const meant = suggestion(source.slice(0, 60), builtInNames());
  throw unreadable(shown, `there is no such file, and no scenario of this name${meant}`, cause);
}

function unreadable(shown: string, reason: string, cause?: unknown): CommandError {
  return new CommandError("scenario-unreadable", `cannot read the scenario ${shown}: ${reason}`, {
    cause,
  });
}
