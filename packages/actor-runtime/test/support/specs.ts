// Short forms of specs: what a test does not say is as harmless as can be.

import type { ChildSpec, SupervisorSpec } from "../../src/index.ts";
import { echoEntry } from "../fixtures/echo.ts";
import type { EchoOptions, EchoProtocol } from "../fixtures/echo.messages.ts";

/** An echo that is always restarted and has two seconds to stop. */
export function childSpec(
  name: string,
  changes: Partial<ChildSpec<EchoProtocol, EchoOptions>> = {},
): ChildSpec<EchoProtocol, EchoOptions> {
  return {
    kind: "actor",
    name,
    entry: echoEntry,
    options: () => ({}),
    restart: "permanent",
    shutdownMs: 2_000,
    role: "echo",
    ...changes,
  };
}

/** One-for-one with ten restarts in a minute. */
export function supervisorSpec(
  name: string,
  children: SupervisorSpec["children"],
  changes: Partial<SupervisorSpec> = {},
): SupervisorSpec {
  return {
    kind: "supervisor",
    name,
    maxRestarts: 10,
    withinMs: 60_000,
    children,
    ...changes,
  };
}
