// The priorities of a torrent's files, from what was asked for on the command line.

import { relative, sep } from "node:path";
import { cleanText } from "@troupe/protocol";
import { matchesPattern, spellPattern } from "../arguments/file-patterns.ts";
import type { FilePattern } from "../arguments/file-patterns.ts";
import type { TransferInvocation } from "../arguments/invocation.ts";
import type { AddOptions } from "../engine-port.ts";
import { CommandError } from "../failure.ts";

/** What `--select` and `--priority` ask for; the last rule that means a file counts. */
export type WantedFiles = Pick<TransferInvocation, "select" | "priorities">;

/** @returns What makes the priorities once the files are known; nothing when all of them are wanted alike. */
export function wantedFiles(
  wanted: WantedFiles,
  directory: string,
): Pick<AddOptions, "priorities"> {
  if (wanted.select === undefined && wanted.priorities.length === 0) return {};
  return {
    priorities: (files) => {
      const paths = files.map(({ path }) => relative(directory, path).split(sep).join("/"));
      return prioritiesOf(wanted, paths);
    },
  };
}

/** @throws CommandError `no-such-file` for a pattern that means no file. */
export function prioritiesOf(
  { select, priorities }: WantedFiles,
  paths: readonly string[],
): number[] {
  const list: number[] = paths.map(() => (select === undefined ? 1 : 0));
  const rules = [...(select ?? []).map((pattern) => ({ pattern, priority: 1 })), ...priorities];
  for (const { pattern, priority } of rules) {
    for (const file of filesOf(pattern, paths)) list[file] = priority;
  }
  return list;
}

function filesOf(pattern: FilePattern, paths: readonly string[]): number[] {
  const meant = [...paths.keys()].filter((file) =>
    matchesPattern(pattern, paths[file] ?? "", file + 1),
  );
  if (meant.length > 0) return meant;
  throw new CommandError(
    "no-such-file",
    `no file of the torrent is ${cleanText(spellPattern(pattern), 200)}: it has ${paths.length}, and troupe info shows them with their numbers`,
  );
}
