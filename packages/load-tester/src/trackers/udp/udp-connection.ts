// The connection id of a socket at a UDP tracker (BEP 15). A client must not use it for longer than a minute.

import { connectionIdBytes } from "@troupe/protocol/tracker";

const renewAfterMs = 50_000;
const validForMs = 60_000;
/** A lost connect is sent again after so long. */
const repeatAfterMs = 1_000;

type State =
  | { readonly kind: "none" }
  | { readonly kind: "asking"; readonly transactionId: number; readonly askedMs: number }
  | { readonly kind: "open"; readonly id: Uint8Array; readonly sinceMs: number }
  | {
      readonly kind: "renewing";
      readonly id: Uint8Array;
      readonly sinceMs: number;
      readonly transactionId: number;
      readonly askedMs: number;
    };

/** The connection id of one socket, shared by its clients. */
export class UdpConnection {
  #state: State = { kind: "none" };

  /** @returns The id to use now; undefined: wait for the next. */
  idAt(nowMs: number): Uint8Array | undefined {
    const state = this.#state;
    if (state.kind !== "open" && state.kind !== "renewing") return undefined;
    return nowMs - state.sinceMs < validForMs ? state.id : undefined;
  }

  /** @returns Whether a connect must be sent now. */
  needsConnect(nowMs: number): boolean {
    const state = this.#state;
    if (state.kind === "none") return true;
    if (state.kind === "open") return nowMs - state.sinceMs >= renewAfterMs;
    return nowMs - state.askedMs >= repeatAfterMs;
  }

  /** A connect is sent. */
  connecting(transactionId: number, nowMs: number): void {
    const id = this.idAt(nowMs);
    const asked = { transactionId, askedMs: nowMs };
    const state = this.#state;
    this.#state =
      id !== undefined && "sinceMs" in state
        ? { kind: "renewing", id, sinceMs: state.sinceMs, ...asked }
        : { kind: "asking", ...asked };
  }

  /** A connect was answered. @returns False for an answer to no connect of ours. */
  connected(transactionId: number, id: Uint8Array, nowMs: number): boolean {
    const state = this.#state;
    const isAsked = state.kind === "asking" || state.kind === "renewing";
    if (!isAsked || state.transactionId !== transactionId) return false;
    this.#state = { kind: "open", id: copyOf(id), sinceMs: nowMs };
    return true;
  }

  /** The tracker refused a request with this id: the next request waits for another one. */
  refused(nowMs: number): void {
    const state = this.#state;
    // Requests that were under way are refused as well.
    if (state.kind === "open" && nowMs - state.sinceMs > repeatAfterMs) {
      this.#state = { kind: "none" };
    }
  }
}

function copyOf(id: Uint8Array): Uint8Array {
  const copy = new Uint8Array(connectionIdBytes);
  copy.set(id);
  return copy;
}
