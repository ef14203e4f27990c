import { resolve } from "node:path";
import { editableFields, editTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, gravestExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { readTorrentFile, replaceTorrentFile } from "../../output/replace-file.ts";
import type { Result } from "../../report/reporter.ts";
import { withEngines, type EngineRun } from "../engine-run.ts";
import { changedLines, type ChangedLine } from "./changed-lines.ts";

/**
 * `troupe edit`: changes .torrent files, each at once or not at all.
 *
 * @returns The gravest exit code of the files: a file that fails does not stop the others.
 */
export async function runEdit(
  invocation: InvocationOf<"edit">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => {
    const codes: ExitCodeValue[] = [];
    for (const file of invocation.files) {
      if (environment.stop.aborted) return ExitCode.stopped;
      // One file after the other: their lines keep the order. oxlint-disable-next-line no-await-in-loop
      codes.push(await run.guarded(() => editFile(invocation, run, file), file));
    }
    return gravestExitCode(codes);
  });
}

async function editFile(
  { edits, isDryRun }: InvocationOf<"edit">,
  { environment, reporter }: EngineRun,
  file: string,
): Promise<ExitCodeValue> {
  const path = resolve(environment.currentFolder, file);
  const bytes = await readTorrentFile(path);
  const edited = editTorrent(bytes, edits);
  const isChanged = Buffer.compare(bytes, edited) !== 0;
  const isWritten = isChanged && !isDryRun;
  if (isWritten) await replaceTorrentFile(path, edited, environment);
  const after = describe(edited);
  const changes = changedLines(describe(bytes), after);
  reporter.result(resultOf({ file, isChanged, isWritten, changes }, after.infoHash));
  return ExitCode.done;
}

function describe(bytes: Uint8Array) {
  const { infoHash, infoHashes } = parseTorrent(bytes, { areLayersProven: true });
  return { fields: editableFields(bytes), infoHash, infoHashes };
}

interface EditedFile {
  /** The path as written on the command line. */
  readonly file: string;
  readonly isChanged: boolean;
  readonly isWritten: boolean;
  readonly changes: readonly ChangedLine[];
}

function resultOf(edit: EditedFile, infoHash: string): Result {
  const { file, isChanged, isWritten, changes } = edit;
  const outcome = isWritten ? "changed" : isChanged ? "would change" : "nothing to change";
  const lines = changes.map(
    ({ sign, field, value }) => `${sign} ${field}: ${cleanText(value, 1000)}`,
  );
  return {
    text: [`${cleanText(file, 1000)}: ${outcome}`, ...lines].join("\n"),
    line: jsonLine("edited", infoHash, { file, isChanged, isWritten, changes }),
  };
}
