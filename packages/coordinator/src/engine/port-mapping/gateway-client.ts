import type { Context, Gateway } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { MappedTransport, MappingProtocol, MappingQuestion } from "@troupe/protocol/gateway";

/** The wanted lifetime of a mapping. */
export const lifetimeSeconds = 3_600;
const shortestSeconds = 120;

/** The parts of the context that speak with a gateway. */
export type GatewayContext = Pick<Context, "clock" | "datagrams" | "http" | "random" | "timers">;

/** A mapping to ask for; its lifetime is the client's matter. */
export type PortQuestion = Omit<MappingQuestion, "lifetimeSeconds">;

/** A mapping that the gateway has made. */
export interface Grant {
  readonly transport: MappedTransport;
  /** 1 to 65,535. */
  readonly externalPort: number;
  /** 2 min to 1 h. */
  readonly lifetimeMs: number;
  /** Numeric address of the gateway on the internet, if it named one. */
  readonly externalHost?: string;
}

/** One protocol at one gateway. */
export interface GatewayClient {
  readonly protocol: MappingProtocol;
  /**
   * Makes a mapping, or renews it.
   * @throws rejects with `gateway-silent`, `gateway-refused`, or an error of HTTP.
   */
  map(question: PortQuestion): Promise<Grant>;
  /** @returns Whether the gateway still has the mappings. @throws as `map`. */
  verify(grants: readonly Grant[]): Promise<boolean>;
  /** Removes the mapping of one transport, or of both, as far as the gateway answers. @throws as `map`. */
  unmap(transport?: MappedTransport): Promise<void>;
  /** Calls under way reject. */
  close(): void;
}

/** @returns The entries of a client that `unmap` removes. */
export function entriesToRemove<Entry>(
  entries: ReadonlyMap<MappedTransport, Entry>,
  transport: MappedTransport | undefined,
): readonly (readonly [MappedTransport, Entry])[] {
  return [...entries].filter(([own]) => transport === undefined || own === transport);
}

/** Opens a client. @throws rejects with `gateway-silent` or `gateway-refused`. */
export type OpenClient = (context: GatewayContext, gateway: Gateway) => Promise<GatewayClient>;

/** A grant of what the gateway wrote. @throws TroupeError `gateway-refused` for a mapping that is none. */
export function grantOf(
  protocol: GatewayClient["protocol"],
  granted: {
    readonly transport: MappedTransport;
    readonly externalPort: number;
    readonly lifetimeSeconds: number;
    readonly externalHost: string | undefined;
  },
): Grant {
  const { transport, externalPort, externalHost } = granted;
  if (externalPort < 1 || externalPort > 65_535) {
    throw gatewayRefused(protocol, `it granted the port ${externalPort}`);
  }
  if (granted.lifetimeSeconds === 0) throw gatewayRefused(protocol, "it granted no time");
  const seconds = Math.min(Math.max(granted.lifetimeSeconds, shortestSeconds), lifetimeSeconds);
  const grant = { transport, externalPort, lifetimeMs: seconds * 1_000 };
  return externalHost === undefined ? grant : { ...grant, externalHost };
}

/** `gateway-refused`: the gateway answered, and mapped nothing. */
export function gatewayRefused(protocol: GatewayClient["protocol"], reason: string): TroupeError {
  const message = `the gateway maps no port by ${protocol}: ${reason}`;
  return new TroupeError("gateway-refused", message, { details: { protocol } });
}

/** `gateway-silent`: no answer in time. */
export function gatewaySilent(protocol: GatewayClient["protocol"]): TroupeError {
  const message = `the gateway does not answer ${protocol}`;
  return new TroupeError("gateway-silent", message, { details: { protocol } });
}
