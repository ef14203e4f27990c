import { systemError } from "../errors.ts";
import type {
  BindOptions,
  DatagramHandlers,
  Datagrams,
  DatagramSocket,
} from "../ports/datagrams.ts";
import { AssociatedSocket } from "./associated-socket.ts";
import type { ProxyAccess } from "./proxy-access.ts";

/** UDP by way of a SOCKS proxy (UDP ASSOCIATE). Datagrams may name a host, which the proxy looks up. */
export class ProxiedDatagrams implements Datagrams {
  readonly #access: ProxyAccess;
  readonly #direct: Datagrams;

  /** @param direct Carries datagrams to the relay of the proxy, and none elsewhere. */
  constructor(access: ProxyAccess, direct: Datagrams) {
    this.#access = access;
    this.#direct = direct;
  }

  /**
   * Opens a socket. A proxy that cannot be reached gets further tries; until then sends end as `notSent` with the code
   * `proxy-unreachable`.
   *
   * @throws rejects with `proxy-no-udp` for an HTTP proxy and for groups, and with the code of a SOCKS proxy that refuses
   *   UDP.
   */
  async bind(options: BindOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const { proxy, text } = this.#access;
    if (proxy.protocol !== "socks5" || options.group !== undefined) {
      const what = options.group === undefined ? "carries no UDP" : "reaches no group";
      throw systemError("proxy-no-udp", `cannot send datagrams: the proxy ${text} ${what}`);
    }
    const socket = new AssociatedSocket(this.#access, this.#direct, { options, handlers });
    const refusal = await socket.start();
    if (refusal === undefined) return socket;
    throw systemError(refusal, `cannot send datagrams: the proxy ${text} refuses UDP`);
  }
}
