import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bytesOf } from "../../arguments/byte-range.ts";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { withEngines, type EngineRun } from "../engine-run.ts";
import { openFile, theFileOf } from "./opened-file.ts";

/** `troupe cat`: writes a file, or a range of it, to stdout while it downloads. */
export async function runCat(
  invocation: InvocationOf<"cat">,
  environment: Environment,
): Promise<ExitCodeValue> {
  // Stdout has the bytes alone.
  const output = { ...invocation, json: false, quiet: true };
  return await withEngines(output, environment, async (run) =>
    run.guarded(() => cat(invocation, run), invocation.source),
  );
}

async function cat(invocation: InvocationOf<"cat">, run: EngineRun): Promise<ExitCodeValue> {
  const { file: pattern, range } = invocation;
  const { stdout, stop } = run.environment;
  const opened = await openFile(invocation, run, {
    choose: (files, directory) => theFileOf(pattern, files, directory),
    isWanted: range === undefined,
  });
  if (opened === undefined) return ExitCode.stopped;
  const { torrent, file, lengthBytes } = opened;
  const part = bytesOf(range, lengthBytes);
  if (!invocation.quiet)
    torrent.on("stall", ({ position, waitedSeconds, peers, peersWithPiece }) =>
      run.environment.stderr.write(
        `troupe: waited ${waitedSeconds} s for byte ${position}: ${peersWithPiece} of ${peers} peers have its piece\n`,
      ),
    );
  const bytes = Readable.from(torrent.read(file, { ...part, signal: stop }), { objectMode: false });
  await pipeline(bytes, stdout, { end: false });
  return ExitCode.done;
}
