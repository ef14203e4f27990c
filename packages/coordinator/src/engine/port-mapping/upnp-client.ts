import type { Gateway } from "@troupe/actor-runtime";
import { classifyAddress, parseDigits } from "@troupe/protocol/address";
import type { ClientIdentity } from "@troupe/protocol/client-identity";
import {
  decodeSoapReply,
  encodeSoapCall,
  maxXmlBytes,
  soapAction,
  upnpErrors,
  type GatewayService,
  type MappedTransport,
  type SoapReply,
} from "@troupe/protocol/gateway";
import {
  entriesToRemove,
  gatewayRefused,
  grantOf,
  lifetimeSeconds,
  type GatewayClient,
  type GatewayContext,
  type Grant,
  type PortQuestion,
} from "./gateway-client.ts";
import { findServices, upnpDeadlineMs } from "./upnp-search.ts";

/** Calls of one mapping: the wanted port, five others in case of a conflict, and two changes of the rules. */
const mostCalls = 8;
/** Other ports that are tried when the wanted one is taken; if they are taken too, UPnP maps no port. */
const mostOtherPorts = 5;
const otherPorts = { first: 10_000, count: 50_000 };

type Values = readonly (readonly [name: string, value: string | number])[];

/** UPnP at a gateway: InternetGatewayDevice 1 and 2. */
export class UpnpClient implements GatewayClient {
  readonly protocol = "UPnP";
  readonly #context: GatewayContext;
  readonly #gateway: Gateway;
  readonly #description: string;
  /** The service that mapped a port; before that, all of them. */
  #services: readonly GatewayService[];
  readonly #grants = new Map<MappedTransport, Grant>();
  #underWay: Promise<unknown> = Promise.resolve();
  #externalHost: string | undefined;

  private constructor(
    context: GatewayContext,
    gateway: Gateway,
    { mappingDescription }: Pick<ClientIdentity, "mappingDescription">,
    services: readonly GatewayService[],
  ) {
    this.#context = context;
    this.#gateway = gateway;
    this.#description = mappingDescription;
    this.#services = services;
  }

  static async open(
    context: GatewayContext,
    gateway: Gateway,
    identity: Pick<ClientIdentity, "mappingDescription">,
  ): Promise<UpnpClient> {
    return new UpnpClient(context, gateway, identity, await findServices(context, gateway));
  }

  async map(question: PortQuestion): Promise<Grant> {
    const mapping = this.#mapAtFirst(question);
    this.#underWay = mapping.catch(() => undefined);
    return await mapping;
  }

  async verify(grants: readonly Grant[]): Promise<boolean> {
    const entries = grants.map((grant) => this.#hasEntry(grant));
    return (await Promise.all(entries)).every(Boolean) && (await this.#hasSameAddress());
  }

  async unmap(transport?: MappedTransport): Promise<void> {
    await this.#underWay;
    const [service] = this.#services;
    if (service === undefined) return;
    const removals = entriesToRemove(this.#grants, transport).map(
      async ([own, { externalPort }]) => {
        await this.#call(service, "DeletePortMapping", entryOf(own, externalPort));
        this.#grants.delete(own);
      },
    );
    await Promise.all(removals);
  }

  /** Requests end by their deadlines. */
  close(): void {}

  /** A gateway may have several lines: the first that maps the port is used. */
  async #mapAtFirst(question: PortQuestion): Promise<Grant> {
    let refusal: unknown;
    for (const service of this.#services) {
      try {
        const externalPort = await this.#mapAt(service, question);
        this.#services = [service];
        const { transport } = question;
        if (transport === "tcp") this.#externalHost = await this.#addressOf(service);
        const granted = { transport, externalPort, lifetimeSeconds };
        const grant = grantOf("UPnP", { ...granted, externalHost: this.#externalHost });
        this.#grants.set(transport, grant);
        return grant;
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal;
  }

  /** @returns The port that the gateway mapped. */
  async #mapAt(service: GatewayService, question: PortQuestion): Promise<number> {
    let { externalPort } = question;
    let leaseSeconds = lifetimeSeconds;
    let action = service.choosesPorts ? "AddAnyPortMapping" : "AddPortMapping";
    let conflicts = 0;
    let reply: SoapReply | undefined;
    for (let calls = 0; calls < mostCalls; calls++) {
      const values = this.#mappingOf(question, externalPort, leaseSeconds);
      // Each call depends on the last reply. oxlint-disable-next-line no-await-in-loop
      reply = await this.#call(service, action, values);
      if (reply.kind === "values") return reservedPort(reply) ?? externalPort;
      const { code } = reply;
      if (code === upnpErrors.onlyPermanentLeases && leaseSeconds > 0) leaseSeconds = 0;
      else if (code === upnpErrors.samePortsRequired && externalPort !== question.internalPort) {
        externalPort = question.internalPort;
      } else if (isConflict(code) && conflicts < mostOtherPorts) {
        conflicts++;
        externalPort = otherPorts.first + this.#context.random.integer(otherPorts.count);
      } else if (action === "AddAnyPortMapping") action = "AddPortMapping";
      else break;
    }
    throw faultOf(reply);
  }

  #mappingOf(
    { transport, internalPort }: PortQuestion,
    externalPort: number,
    leaseSeconds: number,
  ): Values {
    return [
      ...entryOf(transport, externalPort),
      ["NewInternalPort", internalPort],
      ["NewInternalClient", this.#gateway.localHost],
      ["NewEnabled", 1],
      ["NewPortMappingDescription", this.#description],
      ["NewLeaseDuration", leaseSeconds],
    ];
  }

  /** A gateway that does not tell is believed until the mapping is renewed. */
  async #hasEntry({ transport, externalPort }: Grant): Promise<boolean> {
    const [service] = this.#services;
    if (service === undefined) return false;
    const entry = entryOf(transport, externalPort);
    const reply = await this.#call(service, "GetSpecificPortMappingEntry", entry);
    if (reply.kind === "fault") return reply.code !== upnpErrors.noSuchEntry;
    return reply.values.get("NewInternalClient") === this.#gateway.localHost;
  }

  /** Many lines get a new address each day. */
  async #hasSameAddress(): Promise<boolean> {
    const [service] = this.#services;
    const host = service && (await this.#addressOf(service));
    return host === undefined || host === this.#externalHost;
  }

  async #addressOf(service: GatewayService): Promise<string | undefined> {
    const reply = await this.#call(service, "GetExternalIPAddress", []);
    const host = reply.kind === "values" ? reply.values.get("NewExternalIPAddress") : undefined;
    return host !== undefined && classifyAddress(host) === "internet" ? host : undefined;
  }

  async #call(service: GatewayService, action: string, values: Values): Promise<SoapReply> {
    const { status, body } = await this.#context.http.post(service.controlUrl, {
      deadlineMs: upnpDeadlineMs,
      maxBodyBytes: maxXmlBytes,
      headers: {
        "Content-Type": 'text/xml; charset="utf-8"',
        SOAPAction: soapAction(service.type, action),
      },
      body: encodeSoapCall(service.type, action, values),
    });
    if (status === 200 || status === 500) return decodeSoapReply(body, action);
    return { kind: "fault", code: 0, reason: `status ${status}` };
  }
}

function entryOf(transport: MappedTransport, externalPort: number): Values {
  return [
    ["NewRemoteHost", ""],
    ["NewExternalPort", externalPort],
    ["NewProtocol", transport.toUpperCase()],
  ];
}

/** The reply of `AddAnyPortMapping`. */
function reservedPort({ values }: Extract<SoapReply, { kind: "values" }>): number | undefined {
  const text = values.get("NewReservedPort");
  return text === undefined ? undefined : (parseDigits(text, 10, 5) ?? 0);
}

function isConflict(code: number): boolean {
  return code === upnpErrors.conflict || code === upnpErrors.conflictWithOther;
}

function faultOf(reply: SoapReply | undefined): Error {
  const { code, reason } = reply?.kind === "fault" ? reply : { code: 0, reason: "" };
  return gatewayRefused("UPnP", `its error is ${code}${reason === "" ? "" : ` (${reason})`}`);
}
