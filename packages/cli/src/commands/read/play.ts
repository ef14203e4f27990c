import { cleanText } from "@troupe/protocol/text";
import { startFailure } from "@troupe/service/programs";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { TorrentPort } from "../../engine-port.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { withEngines, type EngineRun } from "../engine-run.ts";
import { whenStopRequested } from "../torrent-end.ts";
import { serveFile } from "./file-server.ts";
import { openFile, theFileOf } from "./opened-file.ts";

/** `troupe play`: serves a file to a player while it downloads. */
export async function runPlay(
  invocation: InvocationOf<"play">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) =>
    run.guarded(() => play(invocation, run), invocation.source),
  );
}

async function play(invocation: InvocationOf<"play">, run: EngineRun): Promise<ExitCodeValue> {
  const { select, player } = invocation;
  const { stop } = run.environment;
  const [pattern, second] = select ?? [];
  if (second !== undefined) throw new CommandError("several-files", "play takes one file");
  const opened = await openFile(invocation, run, {
    choose: (files, directory) =>
      pattern === undefined ? largestOf(files) : theFileOf(pattern, files, directory),
    isWanted: true,
  });
  if (opened === undefined) return ExitCode.stopped;
  const { torrent, file, name, lengthBytes, failed } = opened;
  await using server = await serveFile({
    name,
    lengthBytes,
    tag: `${torrent.infoHash}-${file}`,
    read: (part) => torrent.read(file, part),
  });
  const { url } = server;
  const over = new AbortController();
  const ended =
    player === undefined ? undefined : runPlayer(run.environment, player, url, over.signal);
  if (ended === undefined || invocation.json)
    run.reporter.result({
      text: url,
      line: jsonLine("link", torrent.infoHash, { url, file, lengthBytes }),
    });
  try {
    const waits = [failed, whenStopRequested(stop), ...(ended === undefined ? [] : [ended])];
    const end = await Promise.race(waits);
    return end === "stopped" ? ExitCode.stopped : ExitCode.done;
  } finally {
    over.abort();
  }
}

/** The largest file; of equal ones the first. */
function largestOf(files: TorrentPort["files"]): number {
  let largest = 0;
  for (const [file, { isPadding, lengthBytes }] of files.entries())
    if (!isPadding && lengthBytes > (files[largest]?.lengthBytes ?? 0)) largest = file;
  return largest;
}

/** @throws rejects with CommandError `player-not-started` */
async function runPlayer(
  environment: Environment,
  player: string,
  url: string,
  over: AbortSignal,
): Promise<"ended"> {
  try {
    await environment.runProgram(player, [url], { signal: over });
    return "ended";
  } catch (cause) {
    const message = `cannot start the player ${cleanText(player, 200)}: ${startFailure(cause)}`;
    throw new CommandError("player-not-started", message, { cause });
  }
}
