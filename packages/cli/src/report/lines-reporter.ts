import { cleanText } from "@troupe/protocol/text";
import type { CodedMessage } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { describeFailure, type Failure } from "../failure.ts";
import { LineWriter } from "../output/line-writer.ts";
import { JsonReporter } from "./json-reporter.ts";
import type { Reporter, Result } from "./reporter.ts";
import { warningSentence } from "./sentences.ts";

/** The output of a call without an engine. */
export type CallReporter = Pick<Reporter, "close" | "failed" | "remark" | "result" | "warned">;

/** The output of a call without an engine: for scripts, or for people. */
export function callReporter(json: boolean, environment: Environment): CallReporter {
  return json ? new JsonReporter(environment) : new LinesReporter(environment);
}

/** Results on stdout, the rest on stderr, without a display. */
class LinesReporter implements CallReporter {
  readonly #stdout: LineWriter;
  readonly #stderr: LineWriter;

  constructor(environment: Environment) {
    this.#stdout = new LineWriter(environment.stdout);
    this.#stderr = new LineWriter(environment.stderr);
  }

  result({ text }: Result): void {
    this.#stdout.write(text, "keep");
  }

  remark({ text }: Result): void {
    this.#stderr.write(text, "keep");
  }

  failed(failure: Failure, subject?: string): void {
    this.#stderr.write(describeFailure(failure, subject), "keep");
  }

  warned(warning: CodedMessage, subject: string): void {
    this.#stderr.write(warningSentence(cleanText(subject, 200), warning), "keep");
  }

  async close(giveUp: AbortSignal): Promise<void> {
    await this.#stdout.drained(giveUp);
  }
}
