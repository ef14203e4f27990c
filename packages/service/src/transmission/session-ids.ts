import type { Clock } from "@troupe/actor-runtime";

/** The header that a client sends with each request. A page of another site cannot read it. */
export const sessionIdHeader = "X-Transmission-Session-Id";

/** An id is given out for so long, and accepted for twice as long. */
const hourMs = 3_600_000;

/** The world around session ids. */
interface SessionIdPorts {
  readonly clock: Pick<Clock, "nowMs">;
  /** Makes an id that nobody can guess: letters and digits, at least 128 bits of chance. */
  readonly makeId: () => string;
}

/** The ids of the header `X-Transmission-Session-Id`. A new id replaces the present one after an hour. */
export class SessionIds {
  readonly #ports: SessionIdPorts;
  #current: string;
  #previous: string | undefined;
  #madeMs: number;

  constructor(ports: SessionIdPorts) {
    this.#ports = ports;
    this.#current = ports.makeId();
    this.#madeMs = ports.clock.nowMs();
  }

  /** The id that clients are told. */
  get current(): string {
    this.#rotate();
    return this.#current;
  }

  accepts(id: string | undefined): boolean {
    this.#rotate();
    return id !== undefined && (id === this.#current || id === this.#previous);
  }

  #rotate(): void {
    const nowMs = this.#ports.clock.nowMs();
    const ageMs = nowMs - this.#madeMs;
    if (ageMs < hourMs) return;
    this.#previous = ageMs < 2 * hourMs ? this.#current : undefined;
    this.#current = this.#ports.makeId();
    this.#madeMs = nowMs;
  }
}

/**
 * Whether a request has a session id of this dialect. With it a caller that only has a password may change things.
 *
 * @param header Reads a header by its name in lower case.
 */
export function hasTransmissionSession(
  header: (name: string) => string | undefined,
  ids: SessionIds,
): boolean {
  return ids.accepts(header(sessionIdHeader.toLowerCase()));
}
