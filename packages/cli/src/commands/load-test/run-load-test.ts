import { scenarioSchema } from "@troupe/load-tester";
import { UsageError } from "../../arguments/usage-error.ts";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import type { Environment } from "../../environment.ts";

/** `troupe load-test`. */
export async function runLoadTest(
  { task }: InvocationOf<"load-test">,
  environment: Environment,
): Promise<ExitCodeValue> {
  if (task.call !== "schema") {
    throw new UsageError(
      `there is no \`troupe load-test ${task.call}\` in this release`,
      "load-test",
    );
  }
  environment.stdout.write(`${JSON.stringify(scenarioSchema, undefined, 2)}\n`);
  return ExitCode.done;
}
