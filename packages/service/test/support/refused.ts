import type { ExecutionContext } from "ava";
import { isRefusal, type GuardCode, type Refusal } from "../../src/guard/refusal.ts";

/** Asserts that a result is a refusal with this code and status, in a plain sentence. */
export function refused(
  t: ExecutionContext,
  result: unknown,
  code: GuardCode,
  status: number,
): Refusal {
  if (!isRefusal(result)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  t.is(result.refused, code, result.message);
  t.is(result.status, status, result.message);
  t.regex(result.message, /^[^\n]{20,}$/);
  return result;
}

/** The result of a call that must not be refused. */
export function allowed<Result>(result: Result): Exclude<Result, Refusal> {
  if (isRefusal(result)) throw new Error(`refused: ${result.message}`);
  return result as Exclude<Result, Refusal>;
}
