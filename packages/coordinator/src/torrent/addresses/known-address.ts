// What a directory keeps of one address.

import { failurePauseMs } from "./retry-pauses.ts";

/** One address of a {@link PeerDirectory}, which alone writes it. */
export interface KnownAddress {
  readonly host: string;
  readonly port: number;
  state: "untried" | "waiting" | "dialling" | "connected";
  failures: number;
  /** Dials that were to bring it back soon, since it last stood for a while. */
  returns: number;
  /** Monotonic; of the connection that stands or stood last. Undefined: there has been none. */
  openedAtMs: number | undefined;
  /** Only it has named its port, and nobody has been met there. */
  isHearsay: boolean;
  /** Monotonic; dialled again at the earliest then. */
  nextTryMs: number;
  /** It said that it has everything: not dialled while we have everything too. */
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
 * A tracker names an address that has failed here: others seem to reach it, so one failure is forgiven. A seeder that
 * was away for half an hour would be dialled half an hour after its return otherwise.
 */
export function vouchFor(known: KnownAddress): void {
  if (known.state !== "waiting" || known.failures <= 1) return;
  known.nextTryMs -= failurePauseMs(known.failures);
  known.failures--;
  known.nextTryMs += failurePauseMs(known.failures);
}
