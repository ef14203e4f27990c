// One transfer over the bare path, compared with the original.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Payload } from "../../test/support/files/payload.ts";
import { filesAreEqual } from "../support/equal-files.ts";
import { runMeasured, type Cost } from "../support/measure.ts";
import type { Plan, TransferReport } from "./plan.ts";

const run = fileURLToPath(new URL("run.ts", import.meta.url));
const memoryBytes = 48 << 20;

/** A payload of one file, and its seeder. */
export interface TransferPlan {
  readonly payload: Payload;
  readonly infoHash: string;
  readonly port: number;
  readonly hashThreads: number;
  /** For the copy. */
  readonly folder: string;
  readonly compiledFolder: string;
}

/** The cost of the process, and the figures of the transfer without its start. */
export interface Transfer {
  readonly whole: Cost;
  readonly transfer: TransferReport;
}

/** Runs a transfer in a process of its own. @throws rejects when the copy differs from the original. */
export async function runTransfer(plan: TransferPlan): Promise<Transfer> {
  const { payload, folder, compiledFolder } = plan;
  const { cost, lines } = await runMeasured(transferLine(plan), {
    environment: { NODE_COMPILE_CACHE: compiledFolder },
  });
  const target = targetOf(folder);
  if (!filesAreEqual(join(payload.folder, payload.name), target)) {
    throw new Error("the copy differs from the original");
  }
  rmSync(target);
  return { whole: cost, transfer: JSON.parse(lines.at(-1) ?? "") as TransferReport };
}

/**
 * Writes the plan into the folder. The copy is `target` there.
 *
 * @param isHeld The process stays after its report until it gets a line.
 * @returns The command line of a transfer.
 */
export function transferLine(plan: TransferPlan, isHeld = false): readonly string[] {
  const { payload, infoHash, port, hashThreads, folder } = plan;
  const planFile = join(folder, "plan.json");
  const written: Plan = {
    port,
    infoHash,
    totalBytes: payload.totalBytes,
    pieceLengthBytes: payload.pieceLengthBytes,
    pieceHashes: Buffer.from(payload.pieceHashes).toString("hex"),
    target: targetOf(folder),
    memoryBytes,
    hashThreads,
    isHeld,
  };
  writeFileSync(planFile, JSON.stringify(written));
  return [process.execPath, run, planFile];
}

function targetOf(folder: string): string {
  return join(folder, "target");
}
