import { cleanText } from "@troupe/protocol/text";
import { UsageError } from "../../arguments/usage-error.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { readSecret } from "../../service-client/find-service.ts";
import type { ServiceRun } from "./service-run.ts";

/**
 * `troupe password`: sets the password of the service. It comes from a file, else from the person at the terminal; else,
 * and for an empty answer, the service makes one, which is printed.
 *
 * @param file A path as written.
 */
export async function setPassword(
  file: string | undefined,
  run: ServiceRun,
): Promise<ExitCodeValue> {
  const { service, environment, reporter } = run;
  const chosen = file === undefined ? await askPassword(run) : await readSecret(file, environment);
  const made = await service.setPassword(chosen);
  if (made === undefined || chosen !== undefined) {
    reporter.remark({ text: "the password is set", line: jsonLine("password", null, {}) });
  } else {
    reporter.result({
      text: cleanText(made, 1_000),
      line: jsonLine("password", null, { password: made }),
    });
  }
  return ExitCode.done;
}

/** @returns Undefined: the service makes a password. @throws UsageError for two different answers. */
async function askPassword({ environment }: ServiceRun): Promise<string | undefined> {
  if (!environment.hasPerson()) return undefined;
  const first = await environment.ask("new password (empty: a random one): ", true);
  if (first === undefined || first === "") return undefined;
  const second = await environment.ask("the same again: ", true);
  if (second === first) return first;
  throw new UsageError("the two passwords differ, and the old one stays", "password");
}
