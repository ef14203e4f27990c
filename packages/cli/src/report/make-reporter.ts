import type { OutputOptions } from "../arguments/invocation.ts";
import type { Environment } from "../environment.ts";
import { JsonReporter } from "./json-reporter.ts";
import { PeopleReporter, QuietReporter } from "./people-reporter.ts";
import type { Reporter } from "./reporter.ts";

/** The reporter for the options. Its timers run until it is closed. */
export function makeReporter(options: OutputOptions, environment: Environment): Reporter {
  if (options.json) return new JsonReporter(environment);
  return options.quiet ? new QuietReporter(environment) : new PeopleReporter(environment);
}
