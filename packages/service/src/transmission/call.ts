// A call of a method, and what the service gives the dialect.

import type { Clock, Timers } from "@troupe/actor-runtime";
import type { ServiceCalls } from "../routes/service-calls.ts";
import type { ServiceFacts } from "../routes/service-facts.ts";
import type { DialectMemory } from "./memory/dialect-memory.ts";
import type { Dialect } from "./names/dialect.ts";
import type { Parameters } from "./parameters.ts";
import type { SessionIds } from "./session-ids.ts";
import type { Values } from "./values.ts";

/** The service around the dialect. */
export interface TransmissionPorts {
  readonly sessionIds: SessionIds;
  readonly timers: Pick<Timers, "after">;
  readonly clock: Pick<Clock, "epochMs" | "nowMs">;
  readonly facts: () => ServiceFacts;
}

/** A call of a method. */
export interface RpcCall {
  readonly parameters: Parameters;
  readonly dialect: Dialect;
  readonly calls: ServiceCalls;
  readonly ports: TransmissionPorts;
  readonly memory: DialectMemory;
}

/** A method of the protocol. */
export interface RpcMethod {
  /** A notification without effects is not carried out. */
  readonly hasEffects: boolean;
  /** @throws RpcError, TroupeError */
  readonly answer: (call: RpcCall) => Promise<Values> | Values;
}
