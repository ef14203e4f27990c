import { hasGatewayRestarted, type GatewayEpoch } from "@troupe/protocol/gateway";

/** The age of a gateway over its replies: a gateway that restarted has lost its mappings. */
export class GatewayAge {
  #last: GatewayEpoch | undefined;

  /** @returns Whether the gateway restarted since its last reply. */
  note(epochSeconds: number, atMs: number): boolean {
    const epoch = { epochSeconds, atMs };
    const hasRestarted = this.#last !== undefined && hasGatewayRestarted(this.#last, epoch);
    this.#last = epoch;
    return hasRestarted;
  }
}
