/** The kind of traffic that a mapping forwards. */
export type MappedTransport = "tcp" | "udp";

/** A protocol by which gateways map ports. */
export type MappingProtocol = "PCP" | "NAT-PMP" | "UPnP";

/** UDP port of a gateway that speaks NAT-PMP (RFC 6886) or PCP (RFC 6887). */
export const gatewayPort = 5351;

/** A mapping that is asked of a gateway. */
export interface MappingQuestion {
  readonly transport: MappedTransport;
  /** Port of this machine; 1 to 65,535. */
  readonly internalPort: number;
  /** The wanted port of the gateway; 0: the gateway chooses. */
  readonly externalPort: number;
  /** 0 removes the mapping. */
  readonly lifetimeSeconds: number;
}

/** The seconds that a gateway has run, and the moment that they came. */
export interface GatewayEpoch {
  readonly epochSeconds: number;
  /** Monotonic. */
  readonly atMs: number;
}

/** Both clocks may be off by this much, besides a part of the time between. */
const toleranceSeconds = 2;
/** RFC 6887 (section 8.5) allows a sixteenth. That would hide a restart of a gateway that had just started. */
const tolerance = 1 / 64;

/**
 * @returns True if the gateway's clock restarted between two replies: its mappings are lost. An error is harmless: they
 *   are asked for again.
 */
export function hasGatewayRestarted(earlier: GatewayEpoch, later: GatewayEpoch): boolean {
  const theirs = later.epochSeconds - earlier.epochSeconds;
  const ours = (later.atMs - earlier.atMs) / 1_000;
  if (theirs < -1) return true;
  return Math.abs(ours - theirs) > toleranceSeconds + ours * tolerance;
}
