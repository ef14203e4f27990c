import { cleanText } from "@troupe/protocol/text";
import { patternTest, spellPattern, type FilePattern } from "../arguments/file-patterns.ts";
import type { TransferInvocation } from "../arguments/parse-arguments.ts";
import type { AddOptions, FileNameSettings } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";
import { stateFolder } from "../source.ts";

/** `--select` and `--priority`; the last matching rule counts. */
type WantedFiles = Pick<TransferInvocation, "select" | "priorities">;

/** @returns Computes the priorities of known files; undefined when all have the same. */
export function wantedFiles(wanted: WantedFiles): Pick<AddOptions, "priorities"> {
  if (wanted.select === undefined && wanted.priorities.length === 0) return {};
  return {
    priorities: (files) => {
      const paths = files.map(({ torrentPath }) => torrentPath);
      // Excluded files have the priority 0.
      return prioritiesOf(
        wanted,
        paths,
        files.map(({ priority }) => priority),
      );
    },
  };
}

interface RecordedPlace {
  readonly infoHash: string;
  readonly directory: string;
  /** The state folder, as written on the command line. */
  readonly stateDirectory: string | undefined;
}

/** @returns The file priorities of the last run; undefined when it wanted all files. */
export async function recordedFiles(
  environment: Environment,
  { infoHash, directory, stateDirectory: given }: RecordedPlace,
): Promise<readonly number[] | undefined> {
  const stateDirectory = stateFolder(given, environment);
  if (stateDirectory === undefined) return undefined;
  const { engine, stop: signal } = environment;
  return await engine.recordedPriorities({ infoHash, directory, stateDirectory, signal });
}

/** @returns The settings that name the files of the last run; undefined without a record. */
export async function recordedNames(
  environment: Environment,
  { infoHash, directory, stateDirectory: given }: RecordedPlace,
): Promise<FileNameSettings | undefined> {
  const stateDirectory = stateFolder(given, environment);
  if (stateDirectory === undefined) return undefined;
  const { engine, stop: signal } = environment;
  return await engine.recordedFileNames({ infoHash, directory, stateDirectory, signal });
}

/**
 * @param usual Priorities of files that nothing names, without `--select`. Default: 1.
 * @throws CommandError `no-such-file` for a pattern that matches no file.
 */
export function prioritiesOf(
  { select, priorities }: WantedFiles,
  paths: readonly string[],
  usual: readonly number[] = [],
): number[] {
  const list = paths.map((_, file) => (select === undefined ? (usual[file] ?? 1) : 0));
  const rules = [...(select ?? []).map((pattern) => ({ pattern, priority: 1 })), ...priorities];
  for (const { pattern, priority } of rules) {
    for (const file of filesOf(pattern, paths)) list[file] = priority;
  }
  return list;
}

function filesOf(pattern: FilePattern, paths: readonly string[]): number[] {
  const isMeant = patternTest(pattern);
  const meant = [...paths.keys()].filter((file) => isMeant(paths[file] ?? "", file + 1));
  if (meant.length > 0) return meant;
  throw new CommandError(
    "no-such-file",
    `no file of the torrent matches ${cleanText(spellPattern(pattern), 200)}: troupe info lists its files with their numbers`,
  );
}
