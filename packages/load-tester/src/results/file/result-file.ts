// The result of a run in one file, with its histograms. People exchange these files, so reading one is a gate.

import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import { readBounded, syncFolder, writeDurably } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { parseBudget } from "../../budgets/parse-budget.ts";
import { ShapeError, wrongShape } from "../../json/shape.ts";
import { RunTotals } from "../merge/run-totals.ts";
import type { LoadTestResult } from "../result.ts";
import { resultShape } from "./result-shape.ts";

/** Longest result file. */
const mostBytes = 256 * 2 ** 20;

/**
 * Writes a result; a file of that name is replaced in one step, or stays as it was.
 *
 * @param path Absolute.
 * @throws TroupeError `result-not-saved`
 */
export async function writeResult(path: string, result: LoadTestResult): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.draft`);
  try {
    await rm(draft, { force: true });
    await writeDurably(draft, Buffer.from(`${JSON.stringify(result)}\n`));
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    const reason = codeOf(cause) ?? cleanText(String(cause), 200);
    throw new TroupeError("result-not-saved", `cannot write the result ${path}: ${reason}`, {
      cause,
    });
  }
}

/**
 * Reads a result file.
 *
 * @param path Absolute.
 * @throws TroupeError `result-unreadable`, `result-malformed`, `histogram-malformed`
 */
export async function readResult(path: string): Promise<LoadTestResult> {
  return parseResult(await readText(path), path);
}

/**
 * Reads the text of a result file.
 *
 * @param name For messages.
 * @throws TroupeError `result-malformed`, `histogram-malformed`
 */
export function parseResult(text: string, name: string): LoadTestResult {
  try {
    const result = resultShape(JSON.parse(text) as unknown, "");
    checkParts(result);
    return result;
  } catch (cause) {
    if (cause instanceof TroupeError && cause.code !== "budget-malformed") throw cause;
    const isOurs = cause instanceof ShapeError || cause instanceof TroupeError;
    const reason = isOurs ? cause.message : "it is no JSON";
    const message = `${cleanText(name, 300)} is not a result of a load test: ${reason}`;
    throw new TroupeError("result-malformed", message, { cause });
  }
}

/** Parts that are read only when something is computed of them. */
function checkParts(result: LoadTestResult): void {
  RunTotals.ofResult(result);
  for (const { text } of result.budgets) parseBudget(text);
  for (const [index, { second }] of result.seconds.entries()) {
    if (second !== index) throw wrongShape(`seconds[${index}].second`, second, String(index));
  }
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readBounded(path, mostBytes));
  } catch (cause) {
    const code = codeOf(cause);
    const shown = cleanText(path, 300);
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      EFBIG: `it has more than ${mostBytes} bytes`,
      EFTYPE: "it is no file",
    };
    const reason = reasons[code ?? ""] ?? code ?? "it is no text";
    throw new TroupeError("result-unreadable", `cannot read the result ${shown}: ${reason}`, {
      cause,
    });
  }
}
