import type { Clock, Random } from "@troupe/actor-runtime";
import { secretText } from "./secret-bytes.ts";
import type { HmacSha256 } from "./secret-ports.ts";

/** A verified password is checked again after this time: a program that sends it with each call waits once in 10 min. */
const rememberedMs = 10 * 60_000;
/** Addresses remembered at once; the one that was verified longest ago is forgotten. */
const mostRemembered = 256;

interface VerifiedPasswordPorts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly random: Pick<Random, "bytes">;
  readonly hmac: HmacSha256;
}

/**
 * Remembers which addresses sent the right password, as an HMAC under a key of this process. The address is part of it:
 * another address gains nothing from it.
 */
export class VerifiedPasswords {
  readonly #ports: VerifiedPasswordPorts;
  readonly #key: Uint8Array;
  /** Monotonic end of each memory, in the order in which they were made. */
  readonly #untilMs = new Map<string, number>();

  constructor(ports: VerifiedPasswordPorts) {
    this.#ports = ports;
    this.#key = ports.random.bytes(32);
  }

  /** Makes the text that stands for an address and a password. It tells nothing without the key of this process. */
  fingerprint(addressKey: string, user: string, password: string): string {
    const parts = JSON.stringify([addressKey, user, password]);
    return secretText(this.#ports.hmac(this.#key, Buffer.from(parts)));
  }

  /** Remembers a fingerprint whose password was just verified. */
  remember(fingerprint: string): void {
    this.#untilMs.delete(fingerprint);
    this.#untilMs.set(fingerprint, this.#ports.clock.nowMs() + rememberedMs);
    for (const oldest of this.#untilMs.keys()) {
      if (this.#untilMs.size <= mostRemembered) break;
      this.#untilMs.delete(oldest);
    }
  }

  /** Whether it was verified less than 10 min ago. A look-up does not prolong it. */
  has(fingerprint: string): boolean {
    const untilMs = this.#untilMs.get(fingerprint);
    if (untilMs !== undefined && untilMs > this.#ports.clock.nowMs()) return true;
    this.#untilMs.delete(fingerprint);
    return false;
  }

  /** The password has changed. */
  forgetAll(): void {
    this.#untilMs.clear();
  }
}
