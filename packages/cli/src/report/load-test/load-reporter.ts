// The output of a load test: the live display or plain lines, JSON lines, or failures only.

import {
  budgetState,
  judgeBudget,
  measuredRun,
  parseBudget,
  runFigures,
  spellVerdict,
  type LoadTestResult,
  type MeasuredRun,
  type RunFacts,
  type Second,
} from "@troupe/load-tester";
import type { FrameSize } from "../../display/frame.ts";
import { renderLoadFrame } from "../../display/load-test/load-frame.ts";
import type { LiveBudget, LoadView } from "../../display/load-test/load-view.ts";
import { plainLoadLine } from "../../display/load-test/plain-load-line.ts";
import { paint, styleFor, type Style } from "../../display/style.ts";
import { tableRoom } from "../../display/table.ts";
import { cutToFit } from "../../display/text-width.ts";
import type { LoadOutput } from "../../commands/load-test/output-files.ts";
import type { Environment } from "../../environment.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { closingReport, outcomeSentence } from "./closing-report.ts";
import { LiveScreen, PlainScreen, type Screen } from "../screen.ts";

/** The memory of a target is measured for five seconds before the first connect. */
const preparing = "preparing: targets, load generators, the memory of targets before the load";
/** For a slow reader of stdout after a stop. */
const finalOutputMs = 500;

/** Receives the progress of a load test. */
export interface LoadReporter {
  /** A sentence before or during the run. */
  note(sentence: string): void;
  begin(facts: RunFacts): void;
  second(second: Second, soFar: MeasuredRun): void;
  /** Removes the live display. */
  end(): void;
  /** After `end`. */
  result(result: LoadTestResult): void;
  /** A file was written. */
  wrote(path: string): void;
  /** Waits for a slow reader. */
  close(): Promise<void>;
}

/** The reporter of a kind of output. Its timers run until `end`. */
export function makeLoadReporter(output: LoadOutput, environment: Environment): LoadReporter {
  if (output.json) return new JsonLoadReporter(environment);
  return output.quiet ? new QuietLoadReporter(environment) : new PeopleLoadReporter(environment);
}

function giveUpAfter({ stop, hurry }: Environment): AbortSignal {
  return AbortSignal.any([stop.aborted ? AbortSignal.timeout(finalOutputMs) : stop, hurry]);
}

/** The display on stderr; the closing report on stdout. */
class PeopleLoadReporter implements LoadReporter {
  readonly #environment: Environment;
  readonly #stdout: LineWriter;
  readonly #screen: Screen;
  #view: (Omit<LoadView, "elapsedMs"> & { readonly beganMs: number }) | undefined;

  constructor(environment: Environment) {
    const { stderr, variables, platform } = environment;
    this.#environment = environment;
    this.#stdout = new LineWriter(environment.stdout);
    const isLive = stderr.isTTY === true && variables["TERM"] !== "dumb";
    const style = styleFor(variables, platform, isLive && stderr.hasColors?.() === true);
    this.#screen = isLive
      ? new LiveScreen(stderr, (size) => this.#frame(size, style), environment)
      : new PlainScreen(new LineWriter(stderr), () => this.#plainLines(), environment);
  }

  note(sentence: string): void {
    this.#screen.print(`troupe: ${sentence}`);
  }

  begin(facts: RunFacts): void {
    const beganMs = this.#environment.nowMs();
    this.#view = { facts, beganMs, figures: undefined, budgets: [] };
  }

  second(_second: Second, soFar: MeasuredRun): void {
    if (this.#view === undefined) return;
    const { budgets: texts, phases } = this.#view.facts;
    const run = { ...soFar, phases };
    const budgets = texts.map((text): LiveBudget => {
      const budget = parseBudget(text);
      const verdict = judgeBudget(budget, run);
      return { ...spellVerdict(verdict), state: budgetState(budget, verdict, run) };
    });
    this.#view = { ...this.#view, figures: runFigures(soFar), budgets };
  }

  end(): void {
    this.#screen.close();
  }

  result(result: LoadTestResult): void {
    const lines = closingReport(result, tableRoom(this.#environment));
    for (const line of lines) this.#stdout.write(line, "keep");
  }

  wrote(path: string): void {
    this.#stdout.write(`wrote ${path}`, "keep");
  }

  async close(): Promise<void> {
    await this.#stdout.drained(giveUpAfter(this.#environment));
  }

  #frame(size: FrameSize, style: Style): string[] {
    const view = this.#viewNow();
    if (view === undefined) return [paint(style, "dim", cutToFit(preparing, size.columns))];
    return renderLoadFrame(view, size, style);
  }

  #plainLines(): string[] {
    const view = this.#viewNow();
    return view === undefined ? [] : [`troupe: ${plainLoadLine(view)}`];
  }

  /** Undefined before the run begins. */
  #viewNow(): LoadView | undefined {
    if (this.#view === undefined) return undefined;
    const { beganMs, facts, ...rest } = this.#view;
    const elapsedMs = Math.min(this.#environment.nowMs() - beganMs, facts.durationMs);
    return { facts, elapsedMs, ...rest };
  }
}

/** `--json`: an object a line. */
class JsonLoadReporter implements LoadReporter {
  readonly #environment: Environment;
  readonly #lines: JsonLines;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#lines = new JsonLines(new LineWriter(environment.stdout), () => environment.epochMs());
  }

  note(sentence: string): void {
    this.#lines.emit("load-note", null, { message: sentence });
  }

  begin(facts: RunFacts): void {
    this.#lines.emit("load-begin", null, facts);
  }

  second(second: Second): void {
    this.#lines.emit("load-second", null, second);
  }

  end(): void {}

  result(result: LoadTestResult): void {
    const { name, seed, durationMs, outcome, budgets, counts, generators } = result;
    const { latencies, accounts } = runFigures(measuredRun(result));
    this.#lines.emit("load-end", null, {
      name,
      seed,
      durationMs,
      outcome,
      budgets,
      latencies,
      accounts,
      counts,
      generators,
    });
  }

  wrote(path: string): void {
    this.#lines.emit("load-wrote", null, { path });
  }

  async close(): Promise<void> {
    await this.#lines.finish(giveUpAfter(this.#environment));
  }
}

/** `--quiet`: a sentence, and only for a run that did not pass. */
class QuietLoadReporter implements LoadReporter {
  readonly #stderr: LineWriter;

  constructor(environment: Environment) {
    this.#stderr = new LineWriter(environment.stderr);
  }

  note(): void {}
  begin(): void {}
  second(): void {}
  end(): void {}
  wrote(): void {}

  result(result: LoadTestResult): void {
    if (result.outcome.kind === "passed") return;
    this.#stderr.write(`troupe: ${outcomeSentence(result)}`, "keep");
  }

  async close(): Promise<void> {}
}
