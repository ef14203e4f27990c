import type { SayOptions } from "../arguments/invocation.ts";
import type { Surroundings } from "../surroundings.ts";
import { JsonReporter } from "./json-reporter.ts";
import { PeopleReporter, QuietReporter } from "./people-reporter.ts";
import type { Reporter } from "./reporter.ts";

/** The reporter that the options ask for. It draws and keeps time until it is closed. */
export function makeReporter(options: SayOptions, surroundings: Surroundings): Reporter {
  if (options.json) return new JsonReporter(surroundings);
  return options.quiet ? new QuietReporter(surroundings) : new PeopleReporter(surroundings);
}
