import { failurePauseMs } from "./retry-pauses.ts";

/** An address of a {@link PeerDirectory}, which alone writes to it. */
export interface KnownAddress {
  readonly host: string;
  readonly port: number;
  state: "untried" | "waiting" | "dialling" | "connected";
  failures: number;
  /** Quick redials since the last longer connection. */
  returns: number;
  /** Monotonic, of the current or last connection. */
  openedAtMs: number | undefined;
  /** Named only by sources of hearsay or by the incoming peer itself, and not reached by a dial. */
  isHearsay: boolean;
  /** Named only by trackers and other sources that a private torrent may not have. */
  isForeign: boolean;
  /** The tracker whose announces forgive its failures; undefined before the first such announce. */
  voucher: string | undefined;
  /** Monotonic. */
  nextTryMs: number;
  /** Not dialled while we are a seed too. */
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
    isForeign: false,
    voucher: undefined,
    nextTryMs: 0,
    isSeed: false,
  };
}

/**
 * A tracker names an address that failed here, so others seem to reach it: a failure is forgiven. Otherwise a seeder
 * that was away for half an hour would be redialled half an hour after its return. One tracker alone forgives, so that a
 * dead address which many trackers name is not redialled more often.
 */
export function vouchFor(known: KnownAddress, tracker: string): void {
  if (known.state !== "waiting" || known.failures <= 1) return;
  known.voucher ??= tracker;
  if (known.voucher !== tracker) return;
  known.nextTryMs -= failurePauseMs(known.failures);
  known.failures--;
  known.nextTryMs += failurePauseMs(known.failures);
}
