import { outOfRange, spelled } from "@troupe/control";
import type { EngineSession } from "./engine-session.ts";

const sessions = new WeakMap<object, EngineSession>();

/** The session of a public coordinator. @throws TroupeError `option-out-of-range` */
export function sessionOf(coordinator: object): EngineSession {
  const session = sessions.get(coordinator);
  if (session !== undefined) return session;
  throw outOfRange("coordinator", spelled(coordinator), "a Coordinator that runs");
}

/** Lets {@link sessionOf} find the session of a public coordinator. */
export function setSessionOf(coordinator: object, session: EngineSession): void {
  sessions.set(coordinator, session);
}
