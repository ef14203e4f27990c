import { utpHeaderBytes } from "@troupe/protocol/utp";

import { leastPacketBytes, mostPacketBytes4, mostPacketBytes6, safePacketBytes } from "./limits.ts";

/** A search that would gain fewer bytes ends. */
const leastGainBytes = 16;
/** Packets that are acknowledged before the first probe: their losses say nothing of its size. */
const packetsBeforeProbe = 8;

/** Bounds of the sizes. */
interface PacketSizeOptions {
  readonly isIpv6: boolean;
  /** Bound of the caller, with `headerBytes`: 548 to 1,472, and to 1,452 over IPv6. Default: the largest. */
  readonly largestBytes?: number | undefined;
  /** Bytes that a proxy takes of each packet. Default 0. */
  readonly headerBytes?: number;
}

/**
 * Size of packets, in bytes of UDP payload: small at first, and larger when a larger packet, the probe, has arrived. A
 * probe has data, and is sent again when lost, as it is: until it arrives, no further probe is cut.
 */
export class PacketSize {
  /** Payload above which a packet may be too large for a network. */
  readonly safePayloadBytes: number;
  readonly #safeBytes: number;
  readonly #leastBytes: number;
  #packetBytes: number;
  /** The largest size that may pass. */
  #mostBytes: number;
  /** Bytes of the probe under way; 0 without one. */
  #probeBytes = 0;
  #ackedPackets = 0;
  #refusals = 0;

  constructor({ isIpv6, largestBytes = mostPacketBytes4, headerBytes = 0 }: PacketSizeOptions) {
    const familyBytes = isIpv6 ? mostPacketBytes6 : mostPacketBytes4;
    const mostBytes = Math.max(Math.min(largestBytes, familyBytes), leastPacketBytes);
    this.#safeBytes = safePacketBytes - headerBytes;
    this.#leastBytes = leastPacketBytes - headerBytes;
    this.#mostBytes = mostBytes - headerBytes;
    this.#packetBytes = Math.min(this.#safeBytes, this.#mostBytes);
    this.safePayloadBytes = this.#safeBytes - utpHeaderBytes;
  }

  /** Payload of usual packets. */
  get payloadBytes(): number {
    return this.#packetBytes - utpHeaderBytes;
  }

  /**
   * Payload of the next packet. A larger one than usual is the probe, which the caller sends.
   *
   * @param waitingBytes Bytes that could be sent.
   */
  nextPayload(waitingBytes: number): number {
    if (waitingBytes <= this.payloadBytes) return waitingBytes;
    if (this.#probeBytes > 0 || this.#ackedPackets < packetsBeforeProbe) return this.payloadBytes;
    const candidate = this.#candidate();
    if (candidate === undefined || waitingBytes < candidate - utpHeaderBytes)
      return this.payloadBytes;
    this.#probeBytes = candidate;
    return candidate - utpHeaderBytes;
  }

  /** The largest size, which most networks carry; after a refusal the middle of the sizes that are left. */
  #candidate(): number | undefined {
    const gainBytes = this.#mostBytes - this.#packetBytes;
    if (gainBytes < leastGainBytes) return undefined;
    return this.#refusals === 0 ? this.#mostBytes : this.#packetBytes + (gainBytes >>> 1);
  }

  /** @returns Whether packets are larger from now on. */
  acknowledged(payloadBytes: number): boolean {
    this.#ackedPackets++;
    const packetBytes = payloadBytes + utpHeaderBytes;
    if (packetBytes === this.#probeBytes) this.#probeBytes = 0;
    // A packet that the system refused whole, and then sent in fragments, proves nothing.
    if (packetBytes <= this.#packetBytes || packetBytes > this.#mostBytes) return false;
    this.#packetBytes = packetBytes;
    return true;
  }

  /** The system refuses a packet for its size. @returns Whether packets are smaller from now on. */
  refused(): boolean {
    this.#refusals++;
    if (this.#probeBytes > 0) {
      this.#mostBytes = Math.min(this.#mostBytes, this.#probeBytes - 1);
      return false;
    }
    const before = this.#packetBytes;
    this.#packetBytes = before > this.#safeBytes ? this.#safeBytes : this.#leastBytes;
    this.#mostBytes = Math.min(this.#mostBytes, before - 1);
    this.#mostBytes = Math.max(this.#mostBytes, this.#packetBytes);
    return this.#packetBytes < before;
  }
}
