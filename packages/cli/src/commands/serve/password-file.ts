import { resolve } from "node:path";
import type { Environment } from "../../environment.ts";
import { CommandError } from "../../failure.ts";
import { passwordVariable } from "../../settings/settings-places.ts";

/**
 * The password in the file that the variable names, without its line end.
 *
 * @returns Undefined without the variable. @throws CommandError `password-file-unreadable`
 */
export async function passwordOfFile(
  environment: Pick<Environment, "currentFolder" | "readTextFile" | "variables">,
): Promise<string | undefined> {
  const named = environment.variables[passwordVariable];
  if (named === undefined || named === "") return undefined;
  const file = await environment.readTextFile(resolve(environment.currentFolder, named));
  if (!("refused" in file)) return file.text.replace(/\r?\n$/, "");
  throw new CommandError(
    "password-file-unreadable",
    `cannot read the file of ${passwordVariable}, ${named}: ${file.refused}`,
  );
}
