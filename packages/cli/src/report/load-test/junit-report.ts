// Results of load tests as JUnit XML, which CI systems show: a test case for how the run ended, and one for each budget.

import {
  spellComparedRun,
  spellVerdict,
  type ComparedRun,
  type LoadTestResult,
  type RunComparison,
} from "@troupe/load-tester";
import { outcomeSentence } from "./closing-report.ts";

/** A test case; without a failure it passed. */
interface TestCase {
  readonly name: string;
  /** The values that were seen. */
  readonly failure: string | undefined;
  /** The run says nothing of the target: an error in the words of JUnit, not a failure. */
  readonly isError?: boolean;
}

interface Suite {
  readonly name: string;
  readonly startedAt: string | undefined;
  readonly seconds: number;
  readonly cases: readonly TestCase[];
}

/** @returns A document with a suite for each run. */
export function junitOfRuns(results: readonly LoadTestResult[]): string {
  return documentOf(
    results.map((result) => ({
      name: result.name,
      startedAt: result.startedAt,
      seconds: result.durationMs / 1_000,
      cases: [endOf(result), ...result.budgets.map(caseOfBudget)],
    })),
  );
}

/** @returns A document with one suite: a test case for each compared run by itself, and one for each check. */
export function junitOfComparison({ runs, verdicts }: RunComparison): string {
  const checks = verdicts.map(({ text, seen, seenText, holds }) => ({
    name: text,
    failure: holds
      ? undefined
      : (seenText ?? (seen === undefined ? "not measured" : `ratio ${seen.ratio}`)),
  }));
  const cases = [...runs.map(caseOfRun), ...checks];
  return documentOf([{ name: "comparison", startedAt: undefined, seconds: 0, cases }]);
}

/** A broken budget of the run itself leaves its figures sound: a check judges it. */
function caseOfRun(run: ComparedRun): TestCase {
  const { outcome, verdict, reason } = run;
  const name = `${spellComparedRun(run)} is whole, and its generators sent the load in time`;
  if (verdict !== "proves-nothing") return { name, failure: undefined };
  return { name, failure: reason, isError: outcome !== "aborted" };
}

/** Verdicts of the tester on each run without a budget: its end, its generators, the load that was sent. */
function endOf(result: LoadTestResult): TestCase {
  const name = "the run is whole, and its generators sent the load in time";
  const { kind } = result.outcome;
  if (kind === "passed" || kind === "budget-broken") return { name, failure: undefined };
  return { name, failure: outcomeSentence(result), isError: kind !== "aborted" };
}

function caseOfBudget(verdict: LoadTestResult["budgets"][number]): TestCase {
  const { text, seen, allowed, holds } = spellVerdict(verdict);
  return { name: text, failure: holds ? undefined : `${seen}, allowed ${allowed}` };
}

function documentOf(suites: readonly Suite[]): string {
  const lines = suites.flatMap(suiteLines);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    ...lines,
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines({ name, startedAt, seconds, cases }: Suite): string[] {
  const failed = cases.filter(({ failure }) => failure !== undefined);
  const errors = failed.filter(({ isError }) => isError === true).length;
  const attributes = {
    name,
    tests: String(cases.length),
    failures: String(failed.length - errors),
    errors: String(errors),
    time: seconds.toFixed(3),
    // The time has no zone: readers refuse one.
    ...(startedAt !== undefined && { timestamp: startedAt.slice(0, "2026-01-31T12:00:00".length) }),
  };
  return [
    `  <testsuite${spelled(attributes)}>`,
    ...cases.flatMap((one) => caseLines(name, one)),
    "  </testsuite>",
  ];
}

function caseLines(suite: string, { name, failure, isError = false }: TestCase): string[] {
  const opened = `    <testcase${spelled({ classname: suite, name })}`;
  if (failure === undefined) return [`${opened}/>`];
  const tag = isError ? "error" : "failure";
  return [`${opened}>`, `      <${tag}${spelled({ message: failure })}/>`, "    </testcase>"];
}

function spelled(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
}

/** XML has no way to write most control characters and halves of characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
