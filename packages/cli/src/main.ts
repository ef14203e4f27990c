// From the words of a command line to an exit code. Everything impure comes from outside.

import { parseArguments } from "./arguments/parse-arguments.ts";
import type { Invocation } from "./arguments/invocation.ts";
import { ExitCode, describeFailure, failureOf } from "./failure.ts";
import type { ExitCodeValue } from "./failure.ts";
import { helpText } from "./help.ts";
import type { Surroundings } from "./surroundings.ts";
import { troupeVersion } from "./version.ts";

/**
 * Runs the command.
 *
 * @param words What stands after the program's name.
 * @returns The exit code. Nothing is thrown: failures have been told on stderr by then.
 */
export async function runTroupe(
  words: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCodeValue> {
  try {
    return await dispatch(parseArguments(words), surroundings);
  } catch (error) {
    if (surroundings.stop.aborted) return ExitCode.stopped;
    const failure = failureOf(error);
    surroundings.stderr.write(`${describeFailure(failure)}\n`);
    return failure.exitCode;
  }
}

/** Calls are loaded when they are called: a `--version` needs no engine. */
async function dispatch(
  invocation: Invocation,
  surroundings: Surroundings,
): Promise<ExitCodeValue> {
  switch (invocation.call) {
    case "download":
    case "seed":
      return await (await import("./calls/transfer.ts")).runTransfer(invocation, surroundings);
    case "check":
      return await (await import("./calls/check.ts")).runCheck(invocation, surroundings);
    case "info":
      return await (await import("./calls/info.ts")).runInfo(invocation, surroundings);
    case "demo":
      return await (await import("./calls/demo.ts")).runDemo(invocation, surroundings);
    case "help":
      surroundings.stdout.write(`${helpText(invocation.topic, surroundings.stdout.columns)}\n`);
      return ExitCode.done;
    case "completion": {
      const { completionScript } = await import("./completion.ts");
      surroundings.stdout.write(completionScript(invocation.shell));
      return ExitCode.done;
    }
    case "version":
      surroundings.stdout.write(`${troupeVersion()}\n`);
      return ExitCode.done;
  }
}
