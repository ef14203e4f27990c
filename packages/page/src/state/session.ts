// The caller: whether this browser is logged in, and what it may do.

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { askSession, closeSession, openSession, type SessionFacts } from "../api/session.ts";
import type { Failure } from "../api/result.ts";

/** The login of this browser. */
type Session =
  | { readonly kind: "unknown" }
  | { readonly kind: "out" }
  | ({ readonly kind: "in" } & Required<SessionFacts>);

const current = signal<Session>({ kind: "unknown" });

/** The login of now. */
export const session: ReadonlySignal<Session> = current;

/** The caller may change torrents and settings. */
export const mayControl: ReadonlySignal<boolean> = computed(
  () => current.value.kind === "in" && current.value.right !== "read",
);

/** Asks the service who the caller is. Without an answer it stays as it was. */
export async function checkSession(): Promise<void> {
  const answer = await askSession();
  if (answer.kind === "failure") return;
  const { isGuarded, right } = answer.value;
  current.value = right === undefined ? { kind: "out" } : { kind: "in", isGuarded, right };
}

/** Logs in. @returns Why it failed. */
export async function logIn(secret: string): Promise<Failure | undefined> {
  const answer = await openSession(secret);
  if (answer.kind === "failure") return answer.failure;
  await checkSession();
  return undefined;
}

/** Logs out. @returns Why it failed. */
export async function logOut(): Promise<Failure | undefined> {
  const answer = await closeSession();
  if (answer.kind === "failure") return answer.failure;
  current.value = { kind: "out" };
  return undefined;
}

/** The service has refused the stream of events. */
export function noteRefusal(): void {
  if (current.value.kind === "in") current.value = { kind: "out" };
}
