import type {
  HttpClient,
  HttpClientOptions,
  HttpExchange,
  HttpExchangeHandlers,
  HttpRequest,
} from "../../ports/http.ts";
import type { HostResolver } from "../network/resolver.ts";
import type { Hop, HopRules } from "./http-hop.ts";
import type { HttpWay } from "./http-way.ts";
import { KeptConnections } from "./kept-connections.ts";
import { NodeHttpExchange } from "./node-http-exchange.ts";

/** Redirects remembered; beyond it the oldest is forgotten. */
const mostRedirections = 1_000;
/** Characters of a target; a longer one is followed, but not remembered. */
const longestTarget = 4_096;

/** The parts of a {@link NodeHttpClient}. */
interface HttpClientServices {
  readonly resolver: HostResolver;
  readonly rules: HopRules;
  readonly userAgent: string;
  readonly way: HttpWay | undefined;
}

/** The real {@link HttpClient}, for untrusted servers. */
export class NodeHttpClient implements HttpClient {
  readonly resolver: HostResolver;
  readonly rules: HopRules;
  readonly userAgent: string;
  readonly way: HttpWay | undefined;
  readonly connections: KeptConnections;
  readonly #exchanges = new Set<NodeHttpExchange>();
  readonly #redirections = new Map<string, Hop>();

  constructor(
    { resolver, rules, userAgent, way }: HttpClientServices,
    { maxConnections }: Pick<HttpClientOptions, "maxConnections">,
  ) {
    this.resolver = resolver;
    this.rules = rules;
    this.userAgent = userAgent;
    this.way = way;
    this.connections = new KeptConnections(maxConnections, way);
  }

  open(url: string, request: HttpRequest, handlers: HttpExchangeHandlers): HttpExchange {
    const exchange = new NodeHttpExchange(this, request, handlers, () => {
      this.#exchanges.delete(exchange);
    });
    this.#exchanges.add(exchange);
    exchange.start(url);
    return exchange;
  }

  close(): void {
    for (const exchange of this.#exchanges) exchange.destroy();
    this.connections.close();
  }

  /** The last hop of an earlier exchange. */
  redirectionOf(url: string): Hop | undefined {
    return this.#redirections.get(url);
  }

  /** @param hop Undefined: the target did not serve the document. */
  setRedirection(url: string, hop: Hop | undefined): void {
    this.#redirections.delete(url);
    if (hop === undefined || hop.url.href.length > longestTarget) return;
    if (this.#redirections.size >= mostRedirections) {
      const oldest = this.#redirections.keys().next().value;
      if (oldest !== undefined) this.#redirections.delete(oldest);
    }
    this.#redirections.set(url, hop);
  }
}
