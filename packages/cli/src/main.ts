// All side effects come through the environment.

import { parseArguments, type Invocation } from "./arguments/parse-arguments.ts";
import { printsJsonLines } from "./arguments/prints-json-lines.ts";
import { serviceCalls } from "./arguments/service-calls.ts";
import { sortWords } from "./arguments/sort-words.ts";
import { ExitCode, describeFailure, failureOf, type ExitCodeValue } from "./failure.ts";
import { columnsOfTerminal } from "./display/live-display.ts";
import { helpText } from "./help.ts";
import type { Environment } from "./environment.ts";
import { JsonLines } from "./output/json-lines.ts";
import { LineWriter } from "./output/line-writer.ts";
import { nothingGiven, readGivenSettings, type GivenSettings } from "./settings/given-settings.ts";
import { troupeVersion } from "./version.ts";

/**
 * Runs the command.
 *
 * @param words The arguments after the program's name.
 * @returns The exit code. Failures are reported on stderr, never thrown.
 */
export async function runTroupe(
  words: readonly string[],
  environment: Environment,
): Promise<ExitCodeValue> {
  try {
    const given = await givenFor(words, environment);
    return await runInvocation(parseArguments(words, given), environment);
  } catch (error) {
    if (environment.stop.aborted) return ExitCode.stopped;
    const failure = failureOf(error);
    if (printsJsonLines(words)) {
      const { code, sentence: message } = failure;
      const lines = new JsonLines(new LineWriter(environment.stdout), () => environment.epochMs());
      lines.emit("error", null, { code, message });
    }
    environment.stderr.write(`${describeFailure(failure)}\n`);
    return failure.exitCode;
  }
}

/** Calls that the settings file and the environment hold for. */
const withSettings: ReadonlySet<string> = new Set([
  "download",
  "seed",
  "check",
  "match",
  "info",
  "dht",
  "cat",
  "play",
  "serve",
  ...serviceCalls,
  "settings",
  "state",
  "import",
]);

/** The settings file and the environment, for a call that they hold for. */
async function givenFor(
  words: readonly string[],
  environment: Environment,
): Promise<GivenSettings> {
  if (words.length === 0) return nothingGiven;
  const sorted = sortWords(words);
  const isAbout = sorted.has("help") || sorted.has("version");
  const isSeeding = sorted.command === "create" && sorted.has("seed");
  if (isAbout || !(isSeeding || withSettings.has(sorted.command))) return nothingGiven;
  return await readGivenSettings(sorted.value("settings"), environment);
}

/** On demand: `--version` needs no engine. */
async function runInvocation(
  invocation: Invocation,
  environment: Environment,
): Promise<ExitCodeValue> {
  switch (invocation.command) {
    case "download":
    case "seed":
      return await (await import("./commands/transfer.ts")).runTransfer(invocation, environment);
    case "check":
      return await (await import("./commands/check.ts")).runCheck(invocation, environment);
    case "match":
      return await (await import("./commands/match.ts")).runMatch(invocation, environment);
    case "info":
      return await (await import("./commands/info.ts")).runInfo(invocation, environment);
    case "create":
      return await (await import("./commands/create/create.ts")).runCreate(invocation, environment);
    case "edit":
      return await (await import("./commands/edit/edit.ts")).runEdit(invocation, environment);
    case "demo":
      return await (await import("./commands/demo.ts")).runDemo(invocation, environment);
    case "dht":
      return await (await import("./commands/dht/run-dht.ts")).runDht(invocation, environment);
    case "cat":
      return await (await import("./commands/read/cat.ts")).runCat(invocation, environment);
    case "play":
      return await (await import("./commands/read/play.ts")).runPlay(invocation, environment);
    case "load-test": {
      const { runLoadTest } = await import("./commands/load-test/run-load-test.ts");
      return await runLoadTest(invocation, environment);
    }
    case "serve":
      return await (await import("./commands/serve/serve.ts")).runServe(invocation, environment);
    case "service": {
      const { runServiceCall } = await import("./service-client/service-part.ts");
      return await runServiceCall(invocation, environment);
    }
    case "settings": {
      const { showSettings } = await import("./commands/settings.ts");
      return await showSettings(invocation, environment);
    }
    case "state":
      return await (await import("./commands/state.ts")).runState(invocation, environment);
    case "import":
      return await (await import("./commands/import.ts")).runImport(invocation, environment);
    case "help":
      environment.stdout.write(
        `${helpText(invocation.topic, columnsOfTerminal(environment.stdout))}\n`,
      );
      return ExitCode.done;
    case "completion": {
      const { completionScript } = await import("./completion.ts");
      environment.stdout.write(completionScript(invocation.shell));
      return ExitCode.done;
    }
    case "version":
      environment.stdout.write(`${troupeVersion()}\n`);
      return ExitCode.done;
  }
}
