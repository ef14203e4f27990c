// The states of port mapping, and the only function that changes them.
//
//   off ──listening──▶ unmapped ──granted──▶ mapped ──granted──▶ mapped (renewed, or found unchanged)
//                         ▲  ▲                  │
//                         │  └──failed──────────┘
//                         └─failed
//   each of them ──closed──▶ closed

import type { Gateway } from "@troupe/actor-runtime";
import type { Grant } from "./gateway-client.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** After a search without a grant. */
const retryMs = 900_000;
/** Each round searches for this long after our start: the gateway may be starting too. */
const startMs = 300_000;
/** Each round searches for this long after a mapping was lost. */
const lostMs = 3_600_000;

/** The state of the engine's mappings. */
export type MappingState =
  | { readonly kind: "off" }
  | {
      readonly kind: "unmapped";
      /** Gateway of the last search. */
      readonly gateway?: Gateway;
      readonly retryAtMs: number;
      /** Each round searches until then. */
      readonly eagerUntilMs: number;
    }
  | ({ readonly kind: "mapped"; readonly renewAtMs: number } & Mapped)
  | { readonly kind: "closed" };

/** Mappings at a gateway, and the client that made them. */
export interface Mapped {
  readonly gateway: Gateway;
  readonly client: GatewayClient;
  readonly tcp: Grant;
  /** Ours, that is mapped or was refused. */
  readonly udpPort: number;
  /** Undefined when the gateway maps TCP alone. */
  readonly udp?: Grant;
}

/** A cause of a change. Times are monotonic. */
export type MappingEvent =
  | { readonly event: "listening"; readonly atMs: number }
  | { readonly event: "granted"; readonly mapped: Mapped; readonly atMs: number }
  /** @param gateway Undefined without a gateway. */
  | { readonly event: "failed"; readonly gateway?: Gateway; readonly atMs: number }
  | { readonly event: "closed" };

/** The state before the engine listens. */
export const mappingOff: MappingState = { kind: "off" };

/** The state after an event. */
export function nextMapping(state: MappingState, event: MappingEvent): MappingState {
  if (state.kind === "closed" || event.event === "closed") return { kind: "closed" };
  switch (event.event) {
    case "listening":
      return {
        kind: "unmapped",
        retryAtMs: event.atMs,
        eagerUntilMs: event.atMs + startMs,
      };
    case "granted":
      return { kind: "mapped", ...event.mapped, renewAtMs: event.atMs + halfTimeMs(event.mapped) };
    case "failed":
      return afterFailure(state, event);
  }
}

/** Whether a search is due. A new gateway is searched at once. */
export function isSearchDue(
  state: Extract<MappingState, { kind: "unmapped" }>,
  gateway: Gateway | undefined,
  nowMs: number,
): boolean {
  return nowMs >= state.retryAtMs || !isSameGateway(state.gateway, gateway);
}

/** Whether both are the same gateway and the same address of ours; undefined is no gateway. */
export function isSameGateway(one: Gateway | undefined, other: Gateway | undefined): boolean {
  return one?.host === other?.host && one?.localHost === other?.localHost;
}

function afterFailure(
  state: MappingState,
  { gateway, atMs }: Extract<MappingEvent, { event: "failed" }>,
): MappingState {
  const eagerUntilMs = state.kind === "unmapped" ? state.eagerUntilMs : atMs + lostMs;
  const retryAtMs = atMs < eagerUntilMs ? atMs : atMs + retryMs;
  return { kind: "unmapped", ...(gateway !== undefined && { gateway }), retryAtMs, eagerUntilMs };
}

function halfTimeMs({ tcp, udp = tcp }: Mapped): number {
  return Math.min(tcp.lifetimeMs, udp.lifetimeMs) / 2;
}
