import { basicAuthorization } from "@troupe/protocol/proxy";
import type { ProxiedForm } from "../io/http/http-hop.ts";
import type { HttpWay } from "../io/http/http-way.ts";
import { StreamSocket } from "../io/http/stream-socket.ts";
import { isNumericHost, numericHost, withoutBrackets } from "../io/network/address.ts";
import { familyOff, notFound, type HostResolver, type Resolved } from "../io/network/resolver.ts";
import type { NetworkRules } from "../ports/network-rules.ts";
import type { StreamHandlers } from "../ports/sockets.ts";
import { ProxiedStream } from "./proxied-stream.ts";
import type { ProxyAccess } from "./proxy-access.ts";
import { proxyFailure, requestForUrl } from "./request-for-url.ts";

/** A request ends earlier by its own deadline. */
const dialMs = 60_000;

/** `http:` URLs go to an HTTP proxy as requests of the whole URL; all others by a tunnel. */
export class HttpThroughProxy implements HttpWay {
  readonly #access: ProxyAccess;
  readonly #form: ProxiedForm;

  constructor(access: ProxyAccess) {
    this.#access = access;
    const { login } = access.proxy;
    this.#form = login === undefined ? {} : { authorization: basicAuthorization(login) };
  }

  open(url: URL): StreamSocket {
    const access = this.#access;
    const request = requestForUrl(access, url);
    const dial = (handlers: StreamHandlers): ProxiedStream => {
      const stream = new ProxiedStream(access, request, handlers);
      stream.start({ timeoutMs: dialMs });
      return stream;
    };
    return new StreamSocket([dial], (reason) => proxyFailure(access, request, reason));
  }

  formOf(url: URL): ProxiedForm | undefined {
    return requestForUrl(this.#access, url).command === "none" ? this.#form : undefined;
  }
}

/** Leaves names to a proxy. A name counts as one of the preferred family, as a proxy chooses the address. */
export class ProxyResolver implements HostResolver {
  readonly #families: NetworkRules["families"];

  constructor(families: NetworkRules["families"]) {
    this.#families = families;
  }

  async resolve(name: string, family?: 4 | 6): Promise<Resolved> {
    const host = withoutBrackets(name);
    const [preferred = 4] = this.#families;
    if (!isNumericHost(host)) {
      if (family !== undefined && family !== preferred) throw notFound(host, [family]);
      return { addresses: [host.toLowerCase()], source: "proxy" };
    }
    const address = numericHost(host);
    const own = address.includes(":") ? 6 : 4;
    if (!this.#families.includes(own)) throw familyOff(own);
    if (family !== undefined && family !== own) throw notFound(host, [family]);
    return { addresses: [address], source: "numeric" };
  }
}
