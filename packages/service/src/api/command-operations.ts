// The commands as operations: one for each row of the table of commands, and a second one for questions.

import { outOfRange, spelled, type JsonSchema } from "@troupe/control";
import { commands, type CommandName, type CommandRow } from "@troupe/control/commands";
import { jsonResponse, type RequestBody, type ServiceResponse } from "../routes/route.ts";
import type { ServiceCalls } from "../routes/service-calls.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { argumentsSchema, resultSchema } from "./command-schemas.ts";
import { versionSchema } from "./openapi-reference.ts";

type Shared = Pick<ApiOperation, "errors" | "path" | "result" | "right" | "text">;

/** The operations of all commands. */
export function commandOperations(): readonly ApiOperation[] {
  const rows = Object.entries(commands) as readonly (readonly [CommandName, CommandRow])[];
  return rows.flatMap(([name, row]) => {
    const shared: Shared = {
      path: `${apiPrefix}/commands/${name}`,
      text: row.text,
      right: row.right ?? "local",
      errors: row.errors,
      result: () => answerSchema(resultSchema(name)),
    };
    // A credential that may only read may not POST.
    const asked = row.right === "read" ? [askOperation(name, row, shared)] : [];
    return [runOperation(name, row, shared), ...asked];
  });
}

function runOperation(name: CommandName, row: CommandRow, shared: Shared): ApiOperation {
  const gates = Object.values(row.arguments).map(({ gate }) => gate.kind);
  return {
    ...shared,
    method: "POST",
    id: `run-${name}`,
    // Only files in base64 are long.
    body: gates.includes("base64") ? "add" : "call",
    arguments: () => argumentsSchema(name),
    answer: withErrors(async ({ body, calls }) => await run(calls, name, argumentsIn(body))),
  };
}

function askOperation(name: CommandName, row: CommandRow, shared: Shared): ApiOperation {
  return {
    ...shared,
    method: "GET",
    id: `ask-${name}`,
    body: "none",
    query: row.arguments,
    answer: withErrors(
      async ({ calls, query }) => await run(calls, name, readQuery(row.arguments, query)),
    ),
  };
}

/** The view first: a caller that cannot get its version has changed nothing. */
async function run(
  calls: ServiceCalls,
  name: CommandName,
  given: object,
): Promise<ServiceResponse> {
  await calls.view();
  const result = await calls.run(name, given);
  return jsonResponse({ result, version: (await calls.view()).version });
}

/** The arguments of a body, which the command checks. No body: none. */
function argumentsIn(body: RequestBody): object {
  if (body.kind === "none") return {};
  if (body.kind !== "json") throw outOfRange("body", `a ${body.kind} body`, "a JSON object");
  const { value } = body;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw outOfRange("body", spelled(value), "a JSON object");
}

/** The schema of `{"result": …, "version": n}`. */
export function answerSchema(result: JsonSchema | undefined): JsonSchema {
  return {
    type: "object",
    properties: { ...(result && { result }), version: versionSchema },
    required: [...(result ? ["result"] : []), "version"],
  };
}
