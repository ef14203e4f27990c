// A home router of a simulated world: 192.168.1.1, and 45.10.1.1 on the internet.

import type { Address, DatagramSocket } from "@troupe/actor-runtime";
import type {
  SimulatedReply,
  SimulatedRequest,
  SimulatedWorld,
} from "@troupe/actor-runtime/simulated";
import { readUint16, readUint32 } from "@troupe/protocol/bytes";
import {
  gatewayPort,
  gatewayTargets,
  readXml,
  ssdpGroup,
  type MappedTransport,
} from "@troupe/protocol/gateway";
import {
  encodeNatPmpReply,
  encodePcpReply,
  encodeSsdpReply,
  gatewayDescription,
  soapFault,
  soapReply,
} from "@troupe/protocol/testing";

/** The gateway on the inside. */
export const gatewayHost = "192.168.1.1";
/** The gateway on the internet. */
export const externalHost = "45.10.1.1";
const origin = `http://${gatewayHost}:5000`;
const serviceOf = (version: 1 | 2): string =>
  `urn:schemas-upnp-org:service:WANIPConnection:${version}`;

/** How a gateway behaves. Hostile answers replace the sound ones. */
export interface GatewayMood {
  isOff: boolean;
  speaks: readonly ("PCP" | "NAT-PMP" | "UPnP")[];
  /** Version of InternetGatewayDevice. */
  version: 1 | 2;
  /** Ports that are taken by others: a question for one is a conflict, or gets the next free port. */
  taken: readonly number[];
  /** Accepts UPnP leases of this kind alone. */
  onlyPermanent: boolean;
  /** Seconds that are granted; undefined: as wanted. */
  lifetimeSeconds: number | undefined;
  /** The address that it tells. */
  externalHost: string;
  /** Transports that are refused. */
  refused: readonly MappedTransport[];
  datagram?: (request: Uint8Array, send: (reply: Uint8Array) => void) => void;
  ssdp?: (send: (reply: Uint8Array) => void) => void;
  http?: (request: SimulatedRequest) => SimulatedReply | Promise<SimulatedReply> | undefined;
}

interface Entry {
  readonly transport: MappedTransport;
  readonly externalPort: number;
  readonly internalPort: number;
  readonly internalHost: string;
  readonly leaseSeconds: number;
  /** Nonce of PCP: another nonce may not change the mapping. */
  readonly nonce?: string;
  readonly atMs: number;
}

/** The router. */
export class SimulatedGateway {
  readonly mood: GatewayMood = {
    isOff: false,
    speaks: ["PCP", "NAT-PMP", "UPnP"],
    version: 1,
    taken: [],
    onlyPermanent: false,
    lifetimeSeconds: undefined,
    externalHost,
    refused: [],
  };
  /** Each question: `PCP map tcp 6881 3600`, `UPnP AddPortMapping` … */
  readonly heard: string[] = [];
  /** Datagrams and requests of any kind. */
  messages = 0;
  #entries: Entry[] = [];
  #startedAtMs = 0;
  readonly #world: SimulatedWorld;

  private constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  static async start(world: SimulatedWorld): Promise<SimulatedGateway> {
    const gateway = new SimulatedGateway(world);
    const { datagrams } = world.machine({ addresses: [gatewayHost] }).ports("gateway");
    const questions: DatagramSocket = await datagrams.bind(
      { host: "0.0.0.0", port: gatewayPort },
      { received: (bytes, from) => gateway.#receive(bytes, from, questions) },
    );
    const searches: DatagramSocket = await datagrams.bind(
      { host: "0.0.0.0", port: ssdpGroup.port, group: { host: ssdpGroup.host } },
      { received: (_, from) => gateway.#search(from, searches) },
    );
    world.http.serve(origin, (request) => gateway.#answer(request));
    return gateway;
  }

  /** Mappings that live: `tcp 6881→192.168.1.9:6881`. */
  get mappings(): readonly string[] {
    return this.#living()
      .map(
        ({ transport, externalPort, internalHost, internalPort }) =>
          `${transport} ${externalPort}→${internalHost}:${internalPort}`,
      )
      .toSorted();
  }

  /** Loses everything. */
  restart(): void {
    this.#entries = [];
    this.#startedAtMs = this.#world.scheduler.nowMs;
  }

  get #epochSeconds(): number {
    return Math.floor((this.#world.scheduler.nowMs - this.#startedAtMs) / 1_000);
  }

  #living(): Entry[] {
    const nowMs = this.#world.scheduler.nowMs;
    this.#entries = this.#entries.filter(
      ({ leaseSeconds, atMs }) => leaseSeconds === 0 || nowMs < atMs + leaseSeconds * 1_000,
    );
    return this.#entries;
  }

  #speaks(protocol: "PCP" | "NAT-PMP" | "UPnP"): boolean {
    return !this.mood.isOff && this.mood.speaks.includes(protocol);
  }

  #receive(bytes: Uint8Array, from: Address, socket: DatagramSocket): void {
    this.messages++;
    const send = (reply: Uint8Array): void => socket.send(reply, from);
    if (this.mood.datagram !== undefined) return this.mood.datagram(bytes.slice(), send);
    if (bytes[0] === 2 && this.#speaks("PCP")) send(this.#answerPcp(bytes, from.host));
    else if (bytes[0] === 0 && this.#speaks("NAT-PMP")) send(this.#answerNatPmp(bytes, from.host));
    else if (bytes[0] === 2 && this.#speaks("NAT-PMP")) {
      const head = { operation: "udp", epochSeconds: this.#epochSeconds } as const;
      send(encodeNatPmpReply({ ...head, kind: "refused", resultCode: 1 }));
    }
  }

  #answerPcp(bytes: Uint8Array, from: string): Uint8Array {
    const epochSeconds = this.#epochSeconds;
    if (bytes[1] === 0) {
      this.heard.push("PCP announce");
      return encodePcpReply({ kind: "announced", epochSeconds });
    }
    const transport = bytes[36] === 6 ? "tcp" : "udp";
    const [internalPort, wanted] = [readUint16(bytes, 40), readUint16(bytes, 42)];
    const mapping = { nonce: bytes.slice(24, 36), transport, internalPort } as const;
    const seconds = readUint32(bytes, 4);
    this.heard.push(`PCP map ${transport} ${wanted} ${seconds}`);
    const nonce = Buffer.from(mapping.nonce).toString("hex");
    const asked = { transport, internalPort, internalHost: from, wanted, seconds, nonce } as const;
    const externalPort = this.#map(asked);
    const address = { externalPort: externalPort ?? 0, externalHost: this.mood.externalHost };
    if (externalPort === undefined) {
      const refusal = { kind: "refused", resultCode: 8, operation: "map" } as const;
      return encodePcpReply({ ...refusal, epochSeconds, mapping: { ...mapping, ...address } });
    }
    const lifetimeSeconds = this.mood.lifetimeSeconds ?? seconds;
    return encodePcpReply({
      ...{ kind: "mapping", epochSeconds, lifetimeSeconds },
      ...mapping,
      ...address,
    });
  }

  #answerNatPmp(bytes: Uint8Array, from: string): Uint8Array {
    const epochSeconds = this.#epochSeconds;
    if (bytes[1] === 0) {
      this.heard.push("NAT-PMP address");
      const address = { operation: "address", kind: "address" } as const;
      return encodeNatPmpReply({ ...address, host: this.mood.externalHost, epochSeconds });
    }
    const transport = bytes[1] === 2 ? "tcp" : "udp";
    const [internalPort, wanted] = [readUint16(bytes, 4), readUint16(bytes, 6)];
    const seconds = readUint32(bytes, 8);
    this.heard.push(`NAT-PMP map ${transport} ${wanted} ${seconds}`);
    const asked = { transport, internalPort, internalHost: from, wanted, seconds } as const;
    const externalPort = this.#map(asked);
    const head = { operation: transport, epochSeconds } as const;
    if (externalPort === undefined) {
      return encodeNatPmpReply({ ...head, kind: "refused", resultCode: 4 });
    }
    const lifetimeSeconds = this.mood.lifetimeSeconds ?? seconds;
    const granted = { internalPort, externalPort, lifetimeSeconds };
    return encodeNatPmpReply({ ...head, kind: "mapping", ...granted });
  }

  /** @returns The port, 0 after a removal; undefined: refused. */
  #map(asked: {
    readonly transport: MappedTransport;
    readonly internalPort: number;
    readonly internalHost: string;
    readonly wanted: number;
    readonly seconds: number;
    readonly nonce?: string;
  }): number | undefined {
    const { transport, internalPort, internalHost, seconds, nonce } = asked;
    const isSame = (entry: Entry): boolean =>
      entry.transport === transport && entry.internalPort === internalPort;
    const known = this.#living().find(isSame);
    if (known?.nonce !== undefined && nonce !== undefined && known.nonce !== nonce)
      return undefined;
    this.#entries = this.#entries.filter((entry) => !isSame(entry));
    if (seconds === 0) return 0;
    if (this.mood.refused.includes(transport)) return undefined;
    let externalPort = known?.externalPort ?? asked.wanted;
    while (this.mood.taken.includes(externalPort)) externalPort++;
    const leaseSeconds = this.mood.lifetimeSeconds ?? seconds;
    const atMs = this.#world.scheduler.nowMs;
    const entry = { transport, externalPort, internalPort, internalHost, leaseSeconds, atMs };
    this.#entries.push(nonce === undefined ? entry : { ...entry, nonce });
    return externalPort;
  }

  #search(from: Address, socket: DatagramSocket): void {
    this.messages++;
    const send = (reply: Uint8Array): void => socket.send(reply, from);
    if (this.mood.ssdp !== undefined) return this.mood.ssdp(send);
    if (!this.#speaks("UPnP")) return;
    this.heard.push("UPnP search");
    send(encodeSsdpReply(`${origin}/desc.xml`, gatewayTargets[0] ?? ""));
  }

  #answer(request: SimulatedRequest): SimulatedReply | Promise<SimulatedReply> {
    this.messages++;
    const hostile = this.mood.http?.(request);
    if (hostile !== undefined) return hostile;
    if (!this.#speaks("UPnP")) {
      throw Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
    }
    if (request.body === undefined) {
      return { body: gatewayDescription([[serviceOf(this.mood.version), "/control"]]) };
    }
    const [body] = readXml(request.body).children;
    const call = body?.children[0];
    const values = new Map(call?.children.map(({ name, text }) => [name, text]));
    const action = call?.name ?? "";
    const answer = this.#call(action, values);
    return typeof answer === "number"
      ? { status: 500, body: soapFault(answer, "refused") }
      : { body: soapReply(action, answer) };
  }

  /** @returns Values, or the code of an error. */
  #call(
    action: string,
    values: ReadonlyMap<string, string>,
  ): Readonly<Record<string, string>> | number {
    const externalPort = Number(values.get("NewExternalPort"));
    const transport = values.get("NewProtocol") === "TCP" ? "tcp" : "udp";
    const isEntry = (entry: Entry): boolean =>
      entry.transport === transport && entry.externalPort === externalPort;
    const lease = values.get("NewLeaseDuration");
    this.heard.push(
      ["UPnP", action, ...(values.size > 0 ? [transport, externalPort, lease] : [])]
        .filter((word) => word !== undefined)
        .join(" "),
    );
    switch (action) {
      case "GetExternalIPAddress":
        return { NewExternalIPAddress: this.mood.externalHost };
      case "GetSpecificPortMappingEntry": {
        const entry = this.#living().find(isEntry);
        return entry === undefined ? 714 : { NewInternalClient: entry.internalHost };
      }
      case "DeletePortMapping":
        this.#entries = this.#entries.filter((entry) => !isEntry(entry));
        return {};
      case "AddAnyPortMapping":
        if (this.mood.version === 1) return 401;
        return this.#add(transport, this.#free(externalPort), values);
      case "AddPortMapping":
        if (this.mood.taken.includes(externalPort)) return 718;
        return this.#add(transport, externalPort, values);
      default:
        return 401;
    }
  }

  #free(port: number): number {
    return this.mood.taken.includes(port) ? this.#free(port + 1) : port;
  }

  #add(
    transport: MappedTransport,
    externalPort: number,
    values: ReadonlyMap<string, string>,
  ): Readonly<Record<string, string>> | number {
    const leaseSeconds = Number(values.get("NewLeaseDuration"));
    if (this.mood.onlyPermanent && leaseSeconds !== 0) return 725;
    if (this.mood.refused.includes(transport)) return 501;
    this.#entries = this.#entries.filter(
      (entry) => entry.transport !== transport || entry.externalPort !== externalPort,
    );
    this.#entries.push({
      ...{ transport, externalPort, leaseSeconds, atMs: this.#world.scheduler.nowMs },
      internalPort: Number(values.get("NewInternalPort")),
      internalHost: values.get("NewInternalClient") ?? "",
    });
    return this.mood.version === 2 ? { NewReservedPort: String(externalPort) } : {};
  }
}
