// Requests to the service: JSON both ways, the cookie of the login, errors as values.

import { answered, failed, resultOf, type Result, type ResultBody } from "./result.ts";

/** A request without an answer for this time has failed; the service answers a slow command within 10 s. */
const deadlineMs = 20_000;

/** The address of an operation, from the address of the page or of its worker. @param path Below `api/v1/`. */
export function apiAddress(path: string): string {
  return new URL(`api/v1/${path}`, location.href).href;
}

/** Asks for the body of an operation's answer. */
export async function get<Value>(path: string, signal?: AbortSignal): Promise<Result<Value>> {
  return await request<Value>(path, { method: "GET" }, signal);
}

/** Asks for the `result` of an operation's answer. */
export async function getResult<Value>(path: string, signal?: AbortSignal): Promise<Result<Value>> {
  return resultOf(await get<ResultBody<Value>>(path, signal));
}

/** Sends a JSON object to an operation. */
export async function post<Value>(path: string, body: object): Promise<Result<Value>> {
  return await request<Value>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function request<Value>(
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Result<Value>> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(apiAddress(path), {
      ...init,
      credentials: "same-origin",
      redirect: "error",
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const body = (await response.json()) as unknown;
    return response.ok ? answered(body as Value) : failureIn(response, body);
  } catch {
    return failed({ code: "" });
  }
}

function failureIn(response: Response, body: unknown): Result<never> {
  const { error } = (body ?? {}) as { readonly error?: Readonly<Record<string, unknown>> };
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  return failed({
    code: typeof error?.["code"] === "string" ? error["code"] : "",
    message: typeof error?.["message"] === "string" ? error["message"] : "",
    status: response.status,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  });
}
