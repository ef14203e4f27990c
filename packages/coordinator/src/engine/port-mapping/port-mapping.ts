// Maps the port of the engine at the default gateway, by the first of the protocols that it speaks.
//
// A round a minute finds a new gateway, verifies the mappings, renews them at half of their lifetime, and makes them
// again when the gateway has lost them.

import {
  codeOf,
  messageOf,
  settlesWithin,
  type Context,
  type Gateway,
  type Timer,
} from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import { isLoopbackAddress } from "@troupe/protocol/address";
import type { ClientIdentity } from "@troupe/protocol/client-identity";
import type { MappingProtocol } from "@troupe/protocol/gateway";
import type { GatewayClient, Grant, OpenClient, PortQuestion } from "./gateway-client.ts";
import {
  isSameGateway,
  isSearchDue,
  mappingOff,
  nextMapping,
  type Mapped,
  type MappingEvent,
  type MappingState,
} from "./mapping-state.ts";
import { NatPmpClient } from "./nat-pmp-client.ts";
import { PcpClient, type PcpNonces } from "./pcp-client.ts";
import { UpnpClient } from "./upnp-client.ts";

const roundMs = 60_000;
/** For the removal of the mappings at the end of the engine. */
const removalMs = 1_500;
const anyHost = "0.0.0.0";

/** The parts of the context that port mapping uses. */
type MappingContext = Pick<
  Context,
  "clock" | "datagrams" | "fail" | "gateways" | "http" | "log" | "random" | "timers"
>;

/** Called when the mapping of a port has changed; undefined: it is lost. */
interface MappingChanges {
  readonly tcp: (grant: Grant | undefined) => void;
  readonly udp: (grant: Grant | undefined) => void;
}

/** The mappings of an engine. */
export class PortMapping {
  readonly #context: MappingContext;
  readonly #changes: MappingChanges;
  #state: MappingState = mappingOff;
  /** Port of the listening sockets. */
  #port = 0;
  /** Port of the UDP socket; undefined: the same number as `#port`. */
  #udpPort: number | undefined;
  #hosts: readonly string[] = [];
  #isInRound = false;
  /** The next round asks for the mappings as if there were none. */
  #isNetworkNew = false;
  #rounds: Timer | undefined;
  readonly #protocols: readonly OpenClient[];
  /** The client that asked for the mappings last. */
  #client: GatewayClient | undefined;

  constructor(
    context: MappingContext,
    { identity, portMapping }: Pick<EngineOptions, "identity" | "portMapping">,
    changes: MappingChanges,
  ) {
    this.#context = context;
    const clients = clientsWith(new Map(), identity);
    this.#protocols = portMapping.map((protocol) => clients[protocol]);
    this.#changes = changes;
  }

  /** The mapping of the TCP port. */
  get tcp(): Grant | undefined {
    return this.#state.kind === "mapped" ? this.#state.tcp : undefined;
  }

  /** The mapping of the present UDP port. */
  get udp(): Grant | undefined {
    const state = this.#state;
    return state.kind === "mapped" && state.udpPort === this.#mappedUdpPort ? state.udp : undefined;
  }

  /** Maps a port that peers can reach on the network: nothing is sent for loopback addresses. */
  start(hosts: readonly string[], port: number): void {
    if (this.#state.kind !== "off" || hosts.every(isLoopbackAddress)) return;
    this.#hosts = hosts;
    this.#port = port;
    this.#enter({ event: "listening", atMs: this.#nowMs });
    this.#rounds = this.#context.timers.every(roundMs, () => this.#beginRound());
    this.#beginRound();
  }

  /** The UDP socket has another number than the TCP socket: the gateway maps that. */
  setUdpPort(port: number): void {
    if (port === this.#mappedUdpPort) return;
    this.#udpPort = port;
    if (this.#rounds !== undefined) this.#beginRound();
  }

  /** Our address has changed, or the network is back: the gateway may have lost its mappings, or be another one. */
  networkChanged(): void {
    if (this.#rounds === undefined) return;
    this.#isNetworkNew = true;
    this.#beginRound();
  }

  get #mappedUdpPort(): number {
    return this.#udpPort ?? this.#port;
  }

  /** Removes the mappings; settles within 1.5 s. */
  async close(): Promise<void> {
    this.#rounds?.cancel();
    const client = this.#client;
    this.#state = nextMapping(this.#state, { event: "closed" });
    if (client === undefined) return;
    const removed = client.unmap().catch((error: unknown) => this.#explain(error, "not-unmapped"));
    await settlesWithin(this.#context.timers, removalMs, removed);
    client.close();
  }

  get #nowMs(): number {
    return this.#context.clock.nowMs();
  }

  /** Rounds do not overlap: a slow gateway delays the next one. */
  #beginRound(): void {
    if (this.#isInRound) return;
    this.#isInRound = true;
    this.#round()
      .catch((error: unknown) => this.#context.fail(error))
      .finally(() => {
        this.#isInRound = false;
        if (this.#isNetworkNew && !this.#isClosed()) this.#beginRound();
      });
  }

  async #round(): Promise<void> {
    const gateway = this.#gateway();
    const state = this.#state;
    if (state.kind === "off" || state.kind === "closed") return;
    const isNew = this.#isNetworkNew;
    this.#isNetworkNew = false;
    if (!isNew && state.kind === "unmapped" && !isSearchDue(state, gateway, this.#nowMs)) return;
    if (!isNew && state.kind === "mapped" && isSameGateway(state.gateway, gateway)) {
      const kept = await this.#keep(state);
      if (this.#isClosed()) return;
      if (kept === "verified") return;
      if (kept !== undefined) return this.#grant(kept);
    }
    this.#client?.close();
    this.#client = undefined;
    const mapped = gateway === undefined ? undefined : await this.#search(gateway);
    if (mapped !== undefined) return this.#grant(mapped);
    this.#enter({
      ...{ event: "failed", atMs: this.#nowMs },
      ...(gateway !== undefined && { gateway }),
    });
  }

  /** The system's choice, if a socket of the engine listens at our address there. */
  #gateway(): Gateway | undefined {
    const [first] = this.#context.gateways.list();
    if (first === undefined) return undefined;
    const isReachable = this.#hosts.some((host) => host === anyHost || host === first.localHost);
    return isReachable ? first : undefined;
  }

  /** @returns The mappings, if they were made again or renewed; undefined when they are lost. */
  async #keep(
    state: Extract<MappingState, { kind: "mapped" }>,
  ): Promise<Mapped | "verified" | undefined> {
    const { client, gateway, tcp, udp, udpPort, renewAtMs } = state;
    try {
      const grants = udp === undefined ? [tcp] : [tcp, udp];
      const isCurrent = this.#nowMs < renewAtMs && udpPort === this.#mappedUdpPort;
      if (isCurrent && (await client.verify(grants))) return "verified";
      if (udp !== undefined && udpPort !== this.#mappedUdpPort) await this.#unmapUdp(client);
      // The end removes the mappings meanwhile.
      if (this.#isClosed()) return undefined;
      return await this.#mapBoth(client, gateway, tcp.externalPort);
    } catch (error) {
      this.#explain(error, "port-mapping-lost");
      return undefined;
    }
  }

  async #search(gateway: Gateway): Promise<Mapped | undefined> {
    for (const open of this.#protocols) {
      if (this.#isClosed()) return undefined;
      let client: GatewayClient | undefined;
      try {
        // A gateway that speaks one protocol is not asked in the next. oxlint-disable-next-line no-await-in-loop
        client = await open(this.#context, gateway);
        if (this.#isClosed()) {
          client.close();
          return undefined;
        }
        this.#client = client;
        // oxlint-disable-next-line no-await-in-loop
        return await this.#mapBoth(client, gateway, this.#port);
      } catch (error) {
        this.#client = undefined;
        client?.close();
        this.#explain(error, "not-mapped");
      }
    }
    return undefined;
  }

  async #mapBoth(client: GatewayClient, gateway: Gateway, externalPort: number): Promise<Mapped> {
    const question: PortQuestion = { transport: "tcp", internalPort: this.#port, externalPort };
    const tcp = await client.map(question);
    const udpPort = this.#mappedUdpPort;
    const mapped = { gateway, client, tcp, udpPort };
    if (this.#isClosed()) return mapped;
    const udp = await client
      .map({
        transport: "udp",
        internalPort: udpPort,
        externalPort: udpPort === this.#port ? tcp.externalPort : udpPort,
      })
      .catch((error: unknown) => this.#explain(error, "udp-not-mapped"));
    return udp === undefined ? mapped : { ...mapped, udp };
  }

  /** The UDP socket has moved. A mapping that the gateway keeps ends with its lease. */
  async #unmapUdp(client: GatewayClient): Promise<void> {
    await client.unmap("udp").catch((error: unknown) => this.#explain(error, "not-unmapped"));
  }

  /** During an await the state may have changed. */
  #isClosed(): boolean {
    return this.#state.kind === "closed";
  }

  #grant(mapped: Mapped): void {
    this.#enter({ event: "granted", mapped, atMs: this.#nowMs });
  }

  #enter(event: MappingEvent): void {
    const { tcp: tcpBefore, udp: udpBefore } = this;
    this.#state = nextMapping(this.#state, event);
    const { tcp, udp } = this;
    if (this.#isClosed()) return;
    if (!isSameGrant(tcpBefore, tcp)) this.#tcpChanged(tcp);
    if (!isSameGrant(udpBefore, udp)) this.#changes.udp(udp);
  }

  #tcpChanged(tcp: Grant | undefined): void {
    const { client } = this.#state.kind === "mapped" ? this.#state : {};
    const fields = { protocol: client?.protocol, port: tcp?.externalPort, host: tcp?.externalHost };
    this.#context.log("info", tcp === undefined ? "port-mapping-lost" : "port-mapped", fields);
    this.#changes.tcp(tcp);
  }

  /** A gateway's failure is a line of the log. @throws errors without a code, which are bugs. */
  #explain(error: unknown, event: string): undefined {
    const code = codeOf(error);
    if (code === undefined) throw error;
    this.#context.log("info", event, { code, message: messageOf(error) });
  }
}

function isSameGrant(one: Grant | undefined, other: Grant | undefined): boolean {
  return one?.externalPort === other?.externalPort && one?.externalHost === other?.externalHost;
}

function clientsWith(
  nonces: PcpNonces,
  identity: ClientIdentity,
): Readonly<Record<MappingProtocol, OpenClient>> {
  return {
    PCP: (context, gateway) => PcpClient.open(context, gateway, nonces),
    "NAT-PMP": (context, gateway) => NatPmpClient.open(context, gateway),
    UPnP: (context, gateway) => UpnpClient.open(context, gateway, identity),
  };
}
