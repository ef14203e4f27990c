import type { Right } from "@troupe/control";
import { get, post } from "./request.ts";
import type { Result } from "./result.ts";

/** The caller, as the service sees it. */
export interface SessionFacts {
  /** Undefined: without a login. */
  readonly right?: Right;
  /** The service asks for credentials. */
  readonly isGuarded: boolean;
}

/** Asks who the caller is. */
export async function askSession(): Promise<Result<SessionFacts>> {
  return await get<SessionFacts>("session");
}

/** Logs in. @param secret The password or a token. */
export async function openSession(secret: string): Promise<Result<object>> {
  return await post("session/open", { secret });
}

/** Logs out. */
export async function closeSession(): Promise<Result<object>> {
  return await post("session/close", {});
}
