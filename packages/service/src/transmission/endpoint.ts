// The endpoint: a request of either dialect, and its response.

import { outOfRange, spelled } from "@troupe/control";
import { callsIn } from "../guard/json-body.ts";
import { isRefusal } from "../guard/refusal.ts";
import type { ServiceCalls } from "../routes/service-calls.ts";
import type { RpcCall, TransmissionPorts } from "./call.ts";
import type { Values } from "./values.ts";
import { jsonOf, JsonText } from "./json-text.ts";
import type { DialectMemory } from "./memory/dialect-memory.ts";
import { methods } from "./methods/methods.ts";
import { snakeName } from "./names/classic-names.ts";
import { classicDialect, jsonRpcDialect, type Dialect } from "./names/dialect.ts";
import { Parameters } from "./parameters.ts";
import { RpcError, rpcErrorOf } from "./rpc-error.ts";

const jsonRpcVersion = "2.0";

/** The service behind the endpoint. */
interface RpcService {
  readonly calls: ServiceCalls;
  readonly ports: TransmissionPorts;
  readonly memory: DialectMemory;
}

/** The answer to a request: a status, and JSON; undefined for notifications, which have no answer. */
interface RpcAnswer {
  readonly status: number;
  readonly json: string | undefined;
}

type Outcome = { readonly result: Values } | { readonly error: RpcError };

/** Answers the JSON of a request. The calls of a batch run one after the other. */
export async function answerJson(value: unknown, service: RpcService): Promise<RpcAnswer> {
  if (!Array.isArray(value)) return await answerOne(value, service, false);
  const batch = callsIn(value);
  if (isRefusal(batch))
    return jsonRpcFault(null, new RpcError("invalid-request", { text: batch.message }));
  const answers: string[] = [];
  for (const call of batch) {
    const { json } = await answerOne(call, service, true);
    if (json !== undefined) answers.push(json);
  }
  return answers.length === 0 ? noAnswer : { status: 200, json: `[${answers.join(",")}]` };
}

const noAnswer: RpcAnswer = { status: 204, json: undefined };

async function answerOne(
  value: unknown,
  service: RpcService,
  isInBatch: boolean,
): Promise<RpcAnswer> {
  const request = objectIn(value);
  if (request === undefined) {
    const text = isInBatch ? "request must be an Object" : "request must be an Array or Object";
    return jsonRpcFault(null, new RpcError("invalid-request", { text }));
  }
  const { jsonrpc } = request;
  if (jsonrpc === jsonRpcVersion) return await answerJsonRpc(request, service);
  if (typeof jsonrpc !== "string" && !isInBatch) return await answerClassic(request, service);
  const text = "JSON-RPC version is not 2.0";
  return jsonRpcFault(null, new RpcError("invalid-request", { text }));
}

async function answerJsonRpc(request: Values, service: RpcService): Promise<RpcAnswer> {
  const { id, method, params } = request;
  if (id !== undefined && !isId(id)) {
    const text = "id type must be String, Number, or Null";
    return jsonRpcFault(null, new RpcError("invalid-request", { text }));
  }
  const isNotification = id === undefined;
  const name = typeof method === "string" ? method : "";
  if (isNotification && methods.get(name)?.hasEffects !== true) return noAnswer;
  const outcome = await runMethod(name, params, { ...service, dialect: jsonRpcDialect });
  if (isNotification) return noAnswer;
  if ("error" in outcome) return jsonRpcFault(id, outcome.error);
  const result = new JsonText(jsonOf(outcome.result));
  return { status: 200, json: jsonOf({ jsonrpc: jsonRpcVersion, result, id }) };
}

function isId(id: unknown): id is number | string | null {
  return id === null || typeof id === "string" || typeof id === "number";
}

function jsonRpcFault(id: number | string | null, error: RpcError): RpcAnswer {
  const { number: code, title: message, result, status, text } = error;
  const hasResult = result !== undefined && Object.keys(result).length > 0;
  const data = {
    ...(text !== undefined && { error_string: text }),
    ...(hasResult && { result }),
  };
  const shown = { code, message, ...(Object.keys(data).length > 0 && { data }) };
  return { status, json: jsonOf({ jsonrpc: jsonRpcVersion, error: shown, id }) };
}

async function answerClassic(request: Values, service: RpcService): Promise<RpcAnswer> {
  const { arguments: given, method, tag } = request;
  const name = typeof method === "string" ? snakeName(method) : "";
  const outcome = await runMethod(name, given, { ...service, dialect: classicDialect });
  // A tag that is no whole number has no answer.
  const tagged = Number.isInteger(tag) ? { tag } : {};
  if ("error" in outcome) {
    const { error } = outcome;
    const answer = {
      arguments: classicDialect.result(error.result ?? {}),
      result: classicText(error),
    };
    return { status: error.status, json: jsonOf({ ...answer, ...tagged }) };
  }
  const result = new JsonText(jsonOf(classicDialect.result(outcome.result)));
  return { status: 200, json: jsonOf({ arguments: result, result: "success", ...tagged }) };
}

function classicText({ fault, message }: RpcError): string {
  return fault === "method-not-found" ? "no method name" : message;
}

/** @throws whatever is no error of the protocol, of the engine or of the arguments. */
async function runMethod(
  name: string,
  given: unknown,
  { dialect, ...service }: RpcService & { readonly dialect: Dialect },
): Promise<Outcome> {
  try {
    const method = methods.get(name);
    if (method === undefined) throw new RpcError("method-not-found");
    const parameters = new Parameters(dialect.arguments(argumentsIn(given)));
    const call: RpcCall = { ...service, dialect, parameters };
    return { result: await method.answer(call) };
  } catch (error) {
    return { error: rpcErrorOf(error) };
  }
}

/** @throws TroupeError `option-out-of-range` */
function argumentsIn(given: unknown): Values {
  if ((given ?? null) === null) return {};
  const found = objectIn(given);
  if (found === undefined) throw outOfRange("arguments", spelled(given), "an object");
  return found;
}

function objectIn(value: unknown): Values | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Values)
    : undefined;
}
