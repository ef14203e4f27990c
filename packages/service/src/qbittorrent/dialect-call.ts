// A call of the dialect, and the responses that tell of its errors.

import type { Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { errorStatus } from "../routes/error-status.ts";
import { textResponse, type RequestLogins, type ServiceResponse } from "../routes/route.ts";
import type { ServiceCalls } from "../routes/service-calls.ts";
import type { ServiceFacts } from "../routes/service-facts.ts";
import type { FreeSpace } from "./free-space.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { MaindataMemories } from "./maindata-memory.ts";
import type { RequestFields } from "./request-fields.ts";

/** The state that all calls of the dialect share. */
export interface DialectState {
  readonly timers: Pick<Timers, "after">;
  readonly facts: ServiceFacts;
  readonly maindata: MaindataMemories;
  readonly groups: GroupChanges;
  readonly freeSpace: FreeSpace;
}

/** A request of the dialect. */
export interface DialectCall {
  readonly fields: RequestFields;
  readonly calls: ServiceCalls;
  readonly logins: RequestLogins;
  readonly state: DialectState;
}

/** Answers a call. Its TroupeErrors become responses. */
export type Answer = (call: DialectCall) => Promise<ServiceResponse> | ServiceResponse;

/** Seconds after which a client may ask again where the engine restarts. */
const retryAfterSeconds = 1;

/** Codes whose status is not that of other routes: qBittorrent's clients know 400, 403, 404, 409 and 415. */
const statuses: Readonly<Record<string, number>> = {
  "parameter-missing": 400,
  "parameter-wrong": 400,
  "parameter-conflict": 409,
  "control-missing": 409,
  "torrent-file-wrong": 415,
  "file-exists": 409,
  "metadata-unknown": 409,
  "not-running": 409,
  "rename-limit": 409,
  "rename-taken": 409,
  "rename-unknown": 409,
  "rename-unsafe": 409,
  "still-open": 409,
  "torrent-busy": 409,
};

/** The response to an action that has nothing to tell. */
export const done: ServiceResponse = textResponse("");

/** The response that tells of an error: its sentence as text. */
export function errorResponse(error: TroupeError): ServiceResponse {
  const status = statuses[error.code] ?? errorStatus(error);
  const headers = status === 503 ? { "Retry-After": `${retryAfterSeconds}` } : {};
  return textResponse(error.message, status, headers);
}

/** Whether an error has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is TroupeError {
  return error instanceof TroupeError && codes.includes(error.code);
}

/** The value of a promise, or another where it rejects with one of these codes. */
export async function orElse<Value, Other>(
  promise: Promise<Value>,
  other: Other,
  ...codes: readonly string[]
): Promise<Value | Other> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, ...codes)) return other;
    throw error;
  }
}
