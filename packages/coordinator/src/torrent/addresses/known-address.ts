import { failurePauseMs } from "./retry-pauses.ts";

/** An address of a {@link PeerDirectory}, which alone writes to it. */
export interface KnownAddress {
  readonly host: string;
  readonly port: number;
  state: "untried" | "waiting" | "dialling" | "connected";
  failures: number;
  /** Quick redials since it was last connected for a while. */
  returns: number;
  /** Monotonic; start of the current or last connection. Undefined: never connected. */
  openedAtMs: number | undefined;
  /** Only the incoming peer itself has named this port, and no dial has reached it. */
  isHearsay: boolean;
  /** Monotonic; not redialled before. */
  nextTryMs: number;
  /** It has all pieces: not dialled while we have them too. */
  isSeed: boolean;
}

/** An address that was never dialled. */
export function untriedAddress(host: string, port: number): KnownAddress {
  return {
    host,
    port,
    state: "untried",
    failures: 0,
    returns: 0,
    openedAtMs: undefined,
    isHearsay: false,
    nextTryMs: 0,
    isSeed: false,
  };
}

/**
 * A tracker names an address that failed here, so others seem to reach it: one failure is forgiven. Otherwise a seeder
 * that was away for half an hour would be redialled half an hour after its return.
 */
export function vouchFor(known: KnownAddress): void {
  if (known.state !== "waiting" || known.failures <= 1) return;
  known.nextTryMs -= failurePauseMs(known.failures);
  known.failures--;
  known.nextTryMs += failurePauseMs(known.failures);
}
