import { codeOf, systemWords, type Context, type ProxyRule } from "@troupe/actor-runtime";
import { proxyText } from "@troupe/protocol/proxy";
import type { Outbox } from "./event-outbox.ts";

/** Restrictions of an engine whose whole traffic goes through a proxy. The first torrent that joins a swarm gets the warning. */
export class ProxyLimits {
  readonly #context: Pick<Context, "datagrams" | "fail" | "log">;
  readonly #proxy: ProxyRule;
  #isTold = false;

  constructor(context: Pick<Context, "datagrams" | "fail" | "log">, proxy: ProxyRule) {
    this.#context = context;
    this.#proxy = proxy;
  }

  /** Emits the warning `proxy-limits`, once the proxy has said whether it carries UDP. */
  tell(outbox: Pick<Outbox, "emit">): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#noUdpReason().then(
      (reason) => {
        const message = sentence(proxyText(this.#proxy), reason);
        this.#context.log("warn", "proxy-limits", { message });
        outbox.emit({ event: "warning", code: "proxy-limits", message });
      },
      (error: unknown) => this.#context.fail(error),
    );
  }

  /** @returns Undefined where the proxy carries UDP, or cannot be asked yet. */
  async #noUdpReason(): Promise<string | undefined> {
    try {
      const options = { host: "0.0.0.0", port: 0 };
      const socket = await this.#context.datagrams.bind(options, { received: () => undefined });
      socket.close();
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      return systemWords(code);
    }
  }
}

function sentence(proxy: string, noUdpReason: string | undefined): string {
  const which = noUdpReason === undefined ? " over TCP" : "";
  const start = `behind the proxy ${proxy} there are no incoming connections${which}, no local discovery and no port mapping`;
  return noUdpReason === undefined
    ? start
    : `${start}, and no UDP: no uTP, no DHT, and no UDP trackers (${noUdpReason})`;
}
