import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import { formatBytes, formatCount } from "../../display/units.ts";
import type { CreatedTorrent, CreationPlan } from "../../engine-port.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, gravestExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { saveTorrent } from "../../output/torrent-file.ts";
import type { Result } from "../../report/reporter.ts";
import { withEngines, type EngineRun } from "../engine-run.ts";
import { planTable } from "./plan-table.ts";
import { seedCreated, type CreatedFrom } from "./seed-created.ts";

/** Characters of the bar. */
const barWidth = 30;
const longestPath = 1_000;

/**
 * `troupe create`: makes a .torrent of each path, and seeds them with `--seed`.
 *
 * @returns The gravest exit code of the paths: one that fails does not stop the others.
 */
export async function runCreate(
  invocation: InvocationOf<"create">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => {
    const codes: ExitCodeValue[] = [];
    const made: CreatedFrom[] = [];
    for (const path of invocation.paths) {
      if (environment.stop.aborted) return ExitCode.stopped;
      const createOne = async (): Promise<ExitCodeValue> => {
        const created = await create(invocation, run, path);
        if (created !== undefined) made.push({ path, created });
        return ExitCode.done;
      };
      // All threads work at one path. oxlint-disable-next-line no-await-in-loop
      codes.push(await run.guarded(createOne, path));
    }
    if (environment.stop.aborted) return ExitCode.stopped;
    const { engine, seeding } = invocation;
    if (seeding !== undefined && made.length > 0)
      codes.push(await seedCreated(made, seeding, { run, engine }));
    return gravestExitCode(codes);
  });
}

/** @returns Undefined for a plan. */
async function create(
  invocation: InvocationOf<"create">,
  run: EngineRun,
  given: string,
): Promise<CreatedTorrent | undefined> {
  const { isDryRun, isVersionChosen, options } = invocation;
  const { environment, reporter } = run;
  const { engine, stop } = environment;
  const path = resolve(environment.currentFolder, given);
  const onPlan = (plan: CreationPlan): void => {
    if (plan.version === "v1" && !isVersionChosen)
      reporter.note("A private torrent is of version 1: trackers may refuse the others.");
    for (const skipped of plan.skipped.slice(0, mostNotes))
      reporter.note(`left out: the symbolic link ${cleanText(skipped, longestPath)}`);
  };
  if (isDryRun) {
    const plan = await engine.planTorrent(path, options);
    onPlan(plan);
    reporter.result(resultOf(given, plan, { text: planTable(plan) }));
    return undefined;
  }
  const created = await engine
    .createTorrent(path, {
      ...options,
      signal: stop,
      onPlan,
      onProgress: ({ donePieces, totalPieces }) =>
        reporter.status(barOf(given, donePieces, totalPieces)),
    })
    .finally(() => reporter.status(undefined));
  if (invocation.output === "-") {
    await pipeline(Readable.from([created.bytes]), environment.stdout, { end: false });
    // Stdout has the bytes alone.
    reporter.remark({ text: textOf(created, created.name) });
    return created;
  }
  const output = resolve(environment.currentFolder, invocation.output ?? `${created.name}.torrent`);
  await saveTorrent(created.bytes, output, environment);
  reporter.result(
    resultOf(given, created, { text: textOf(created, output), output, hashes: created }),
  );
  return created;
}

/** @param what The new file, or the torrent. */
function textOf(created: CreatedTorrent, what: string): string {
  const { infoHashV1: v1, infoHashV2: v2 } = created;
  const hashes = [v1 === undefined ? [] : `v1 ${v1}`, v2 === undefined ? [] : `v2 ${v2}`].flat();
  return [
    `${cleanText(what, longestPath)}: ${countOf(created)}`,
    ...hashes.map((hash) => `info-hash ${hash}`),
  ].join("\n");
}

/** Lines on links that were left out; further ones are in the JSON object. */
const mostNotes = 100;

interface Outcome {
  readonly text: string;
  /** Absolute; undefined: nothing was written. */
  readonly output?: string;
  readonly hashes?: Pick<CreatedTorrent, "infoHashV1" | "infoHashV2">;
}

function resultOf(path: string, plan: CreationPlan, { hashes, output, text }: Outcome): Result {
  const { pieceCount, pieceLengthBytes, skipped, totalBytes, version } = plan;
  const line = jsonLine("created", hashes?.infoHashV1 ?? hashes?.infoHashV2?.slice(0, 40) ?? null, {
    ...{ path, version, pieceLengthBytes, pieces: pieceCount, lengthBytes: totalBytes, skipped },
    ...(output !== undefined && { output }),
    ...(hashes?.infoHashV1 !== undefined && { infoHashV1: hashes.infoHashV1 }),
    ...(hashes?.infoHashV2 !== undefined && { infoHashV2: hashes.infoHashV2 }),
    files: plan.files.flatMap(({ isPadding, lengthBytes, path: names }) =>
      isPadding ? [] : [{ path: names.join("/"), lengthBytes }],
    ),
  });
  return { text, line };
}

function countOf({ files, pieceCount, pieceLengthBytes, totalBytes }: CreationPlan): string {
  const count = files.filter(({ isPadding }) => !isPadding).length;
  const pieces = `${formatCount(pieceCount, "piece")} of ${formatBytes(pieceLengthBytes)}`;
  return `${formatCount(count, "file")}, ${formatBytes(totalBytes)}, ${pieces}`;
}

function barOf(path: string, done: number, total: number): string {
  const full = Math.floor((barWidth * done) / total);
  const percent = Math.floor((100 * done) / total);
  return `${cleanText(path, longestPath)} [${"=".repeat(full)}${" ".repeat(barWidth - full)}] ${percent}%`;
}
