import { open, type FileHandle } from "node:fs/promises";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import type { LogLevel } from "../arguments/call-options.ts";
import type { LogEntry } from "../engine-port.ts";
import { CommandError } from "../failure.ts";
import { logSentence } from "../report/sentences.ts";
import { safeJson } from "./json-lines.ts";
import { LineWriter } from "./line-writer.ts";

const severities = { error: 0, warn: 1, info: 2, debug: 3 } as const;

/** The engine's log, on stderr or in a file of JSON lines, which it owns until closed. */
export interface Log {
  /** Undefined without a log: the engine makes no entries. */
  readonly write: ((entry: LogEntry) => void) | undefined;
  /** Until everything is in the file or `giveUp` aborts. */
  close(giveUp: AbortSignal): Promise<void>;
}

/**
 * Opens the log.
 *
 * @param level Least severity; undefined keeps nothing.
 * @param path Absolute; undefined passes the entries to `tell`, as sentences.
 * @throws {CommandError} `log-file-not-writable`.
 */
export async function openLog(
  level: LogLevel | undefined,
  path: string | undefined,
  print: (line: string) => void,
): Promise<Log> {
  if (level === undefined) return { write: undefined, close: async () => {} };
  const isWanted = (entry: LogEntry): boolean => severities[entry.level] <= severities[level];
  if (path === undefined) {
    return {
      write: (entry) => {
        if (isWanted(entry)) print(logSentence(entry));
      },
      close: async () => {},
    };
  }
  const stream = (await openForAppending(path)).createWriteStream();
  const writer = new LineWriter(stream);
  return {
    write: (entry) => {
      if (isWanted(entry)) writer.write(safeJson(entry), "spare");
    },
    close: async (giveUp) => {
      await writer.drained(giveUp);
      stream.destroy();
    },
  };
}

async function openForAppending(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a");
  } catch (cause) {
    throw new CommandError(
      "log-file-not-writable",
      `cannot append to the log ${path}: ${systemSentence(cause)}`,
      {
        cause,
      },
    );
  }
}
