import type { ProxyAddress, ProxyDialog } from "@troupe/protocol/proxy";
import type { Address, Stream, StreamHandlers } from "../ports/sockets.ts";
import type { Timer } from "../ports/timers.ts";
import type { ProxyAccess, ProxyRequest } from "./proxy-access.ts";

/** Limit of a handshake with a proxy, from its connection to the last reply; then the stream closes. */
const proxyHandshakeMs = 10_000;

type State =
  /** The name of the proxy is looked up. */
  | { readonly kind: "looking-up" }
  | { readonly kind: "dialling"; readonly transport: Stream }
  | { readonly kind: "handshake"; readonly transport: Stream; readonly dialog: ProxyDialog }
  | { readonly kind: "open"; readonly transport: Stream }
  /** The owner has destroyed it: bytes are dropped. */
  | { readonly kind: "ending"; readonly transport: Stream }
  /** `closed` is called, or will be by the transport. */
  | { readonly kind: "closed" };

/** The limits of a dial. */
interface DialLimits {
  readonly timeoutMs: number;
  readonly localHost?: string;
}

/**
 * A {@link Stream} to a target by way of a proxy. Its owner sees the target alone: `opened` comes after the handshake, and
 * a dial that fails ends with a code of the proxy (`proxy-unreachable`, or a `ProxyRefusal`).
 */
export class ProxiedStream implements Stream {
  readonly remote: Address;
  readonly #access: ProxyAccess;
  readonly #request: ProxyRequest;
  readonly #handlers: StreamHandlers;
  #state: State = { kind: "looking-up" };
  #deadline: Timer | undefined;
  #reason: string | undefined;
  #bound: ProxyAddress | undefined;

  constructor(access: ProxyAccess, request: ProxyRequest, handlers: StreamHandlers) {
    this.#access = access;
    this.#request = request;
    this.#handlers = handlers;
    this.remote = request.target;
  }

  /** Begins the dial. Call it once. */
  start(limits: DialLimits): void {
    this.#deadline = this.#access.ports.timers.after(limits.timeoutMs, () => this.#late());
    const known = this.#access.knownAddress;
    if (known !== undefined) return this.#dial(known, limits);
    this.#access.findAddress().then(
      (address) => {
        if (this.#state.kind === "looking-up") this.#dial(address, limits);
      },
      () => this.#fail("proxy-unreachable"),
    );
  }

  /** The address of a relay for datagrams, as the proxy named it; undefined before `opened`. */
  get bound(): ProxyAddress | undefined {
    return this.#bound;
  }

  /** The address of the proxy itself. */
  get proxyHost(): string {
    return this.#transport?.remote.host ?? "";
  }

  get local(): Address {
    return this.#transport?.local ?? { host: "0.0.0.0", port: 0 };
  }

  get queuedBytes(): number {
    return this.#opened?.queuedBytes ?? 0;
  }

  get takenBytes(): number {
    return this.#opened?.takenBytes ?? 0;
  }

  /** Before `opened` the bytes are dropped, as after the end. */
  write(bytes: Uint8Array, written?: () => void): boolean {
    const opened = this.#opened;
    if (opened !== undefined) return opened.write(bytes, written);
    if (written !== undefined) this.#access.ports.timers.soon(written);
    return true;
  }

  pause(): void {
    this.#opened?.pause();
  }

  resume(): void {
    this.#opened?.resume();
  }

  end(): void {
    const opened = this.#opened;
    if (opened === undefined) this.destroy();
    else opened.end();
  }

  destroy(): void {
    this.#leave()?.destroy();
  }

  reset(): void {
    this.#leave()?.reset();
  }

  /** The transport after the handshake. */
  get #opened(): Stream | undefined {
    const state = this.#state;
    return state.kind === "open" || state.kind === "ending" ? state.transport : undefined;
  }

  /** @returns The transport to close; undefined where the dial has ended instead. */
  #leave(): Stream | undefined {
    const transport = this.#opened;
    if (transport === undefined) this.#fail(undefined);
    else this.#state = { kind: "ending", transport };
    return transport;
  }

  get #transport(): Stream | undefined {
    return "transport" in this.#state ? this.#state.transport : undefined;
  }

  #dial(to: Address, { timeoutMs, localHost }: DialLimits): void {
    const isUsable = localHost?.includes(":") === to.host.includes(":");
    const transport = this.#access.ports.sockets.dial(to, this.#transportHandlers, {
      timeoutMs: Math.min(timeoutMs, proxyHandshakeMs),
      ...(localHost !== undefined && isUsable && { localHost }),
    });
    // A dial may end before it returns.
    if (this.#state.kind === "looking-up") this.#state = { kind: "dialling", transport };
  }

  get #transportHandlers(): StreamHandlers {
    return {
      opened: (transport) => this.#reached(transport),
      bytes: (_, chunk) => this.#received(chunk),
      drained: () => this.#handlers.drained?.(this),
      closed: (_, reason) => this.#closed(reason),
    };
  }

  #reached(transport: Stream): void {
    const dialog = this.#access.dialogFor(this.#request, (bytes) => void transport.write(bytes));
    if (dialog === undefined) return this.#open(transport, undefined);
    this.#state = { kind: "handshake", transport, dialog };
    const { timers } = this.#access.ports;
    const late = timers.after(proxyHandshakeMs, () => this.#late());
    const deadline = this.#deadline;
    // The earlier one of both ends the dial.
    this.#deadline = {
      cancel() {
        late.cancel();
        deadline?.cancel();
      },
    };
    dialog.begin();
  }

  #received(chunk: Uint8Array): void {
    const state = this.#state;
    if (state.kind === "open") return this.#handlers.bytes(this, chunk);
    if (state.kind !== "handshake") return;
    const step = state.dialog.receive(chunk);
    if (step.kind === "refused") return this.#fail(step.reason);
    if (step.kind === "more") return;
    this.#open(state.transport, step.bound);
    if (step.rest.length > 0) this.#received(step.rest);
  }

  #open(transport: Stream, bound: ProxyAddress | undefined): void {
    this.#deadline?.cancel();
    this.#bound = bound;
    this.#state = { kind: "open", transport };
    this.#handlers.opened?.(this);
  }

  #late(): void {
    this.#fail(this.#state.kind === "handshake" ? "dial-timeout" : "proxy-unreachable");
  }

  /** Ends a dial that is under way; `closed` follows in a later turn. */
  #fail(reason: string | undefined): void {
    if (this.#state.kind === "closed" || this.#opened !== undefined) return;
    const transport = this.#transport;
    this.#state = { kind: "closed" };
    this.#reason = reason;
    this.#deadline?.cancel();
    if (transport !== undefined) transport.destroy();
    else this.#access.ports.timers.soon(() => this.#handlers.closed(this, reason));
  }

  #closed(reason: string | undefined): void {
    const { kind } = this.#state;
    const wasOpened = this.#opened !== undefined;
    this.#state = { kind: "closed" };
    this.#deadline?.cancel();
    if (wasOpened) this.#handlers.closed(this, reason);
    else this.#handlers.closed(this, kind === "closed" ? this.#reason : "proxy-unreachable");
  }
}
