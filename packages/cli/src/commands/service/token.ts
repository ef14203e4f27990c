import { cleanText } from "@troupe/protocol/text";
import type { TokenTask } from "../../arguments/service-arguments.ts";
import { renderTable, tableRoom } from "../../display/table.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import type { TokenRow } from "../../service-client/service-port.ts";
import type { ServiceRun } from "./service-run.ts";

const longestText = 100;

/** `troupe token`: makes, lists and revokes tokens of programs. */
export async function runTokenTask(task: TokenTask, run: ServiceRun): Promise<ExitCodeValue> {
  const { service, reporter } = run;
  switch (task.ask) {
    case "create": {
      const { name, right } = task;
      const { id, token } = await service.createToken(name, right);
      const line = jsonLine("token", null, { id, name, right, token });
      reporter.result({ text: cleanText(token, longestText), line });
      break;
    }
    case "list":
      listTokens(run, await service.tokens());
      break;
    case "revoke": {
      const { id, name } = tokenOf(task.name, await service.tokens());
      await service.revokeToken(id);
      const text = `${cleanText(name, longestText)}: revoked`;
      reporter.result({ text, line: jsonLine("token-revoked", null, { id, name }) });
    }
  }
  return ExitCode.done;
}

function listTokens(
  { reporter, environment, json }: ServiceRun,
  tokens: readonly TokenRow[],
): void {
  if (json) {
    for (const { id, name, right } of tokens)
      reporter.result({ text: name, line: jsonLine("token", null, { id, name, right }) });
    return;
  }
  const rows = tokens.map(({ id, name, right }) => [
    cleanText(id, longestText),
    right,
    cleanText(name, longestText),
  ]);
  const table = {
    layout: ["left", "left", "left"],
    titles: ["id", "right", "name"],
    rows,
  } as const;
  if (environment.stdout.isTTY !== true) {
    for (const row of rows) reporter.result({ text: row.join("\t") });
  } else if (rows.length === 0) {
    reporter.remark({ text: "the service has no token" });
  } else {
    reporter.result({ text: renderTable(table, tableRoom(environment)).join("\n") });
  }
}

/** @throws CommandError `token-unknown` */
function tokenOf(word: string, tokens: readonly TokenRow[]): TokenRow {
  const found = tokens.find(({ name }) => name === word) ?? tokens.find(({ id }) => id === word);
  if (found !== undefined) return found;
  const message = `the service has no token with the name or the id ${cleanText(word, 60)}`;
  throw new CommandError("token-unknown", message);
}
