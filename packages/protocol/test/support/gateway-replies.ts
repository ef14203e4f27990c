// The other side of a mapping: replies as gateways write them.

import { parseIp } from "../../src/address/index.ts";
import { writeUint16, writeUint32 } from "../../src/bytes/index.ts";
import type { NatPmpReply, PcpMapping, PcpReply } from "../../src/gateway/index.ts";

const natPmpOperations = { address: 128, udp: 129, tcp: 130 } as const;

/** A gateway's datagram of NAT-PMP. */
export function encodeNatPmpReply(reply: NatPmpReply): Uint8Array {
  const lengthBytes = { refused: 8, address: 12, mapping: 16 }[reply.kind];
  const bytes = new Uint8Array(lengthBytes);
  bytes[1] = natPmpOperations[reply.operation];
  writeUint32(bytes, 4, reply.epochSeconds);
  if (reply.kind === "refused") writeUint16(bytes, 2, reply.resultCode);
  if (reply.kind === "address") bytes.set(parseIp(reply.host) ?? [], 8);
  if (reply.kind === "mapping") {
    writeUint16(bytes, 8, reply.internalPort);
    writeUint16(bytes, 10, reply.externalPort);
    writeUint32(bytes, 12, reply.lifetimeSeconds);
  }
  return bytes;
}

/** A gateway's datagram of PCP. */
export function encodePcpReply(reply: PcpReply): Uint8Array {
  const mapping = pcpMappingOf(reply);
  const bytes = new Uint8Array(mapping === undefined ? 24 : 60);
  const isAnnounce =
    reply.kind === "announced" || (reply.kind === "refused" && reply.operation === "announce");
  bytes.set([2, isAnnounce ? 128 : 129, 0, reply.kind === "refused" ? reply.resultCode : 0]);
  if (reply.kind === "mapping") writeUint32(bytes, 4, reply.lifetimeSeconds);
  writeUint32(bytes, 8, reply.epochSeconds);
  if (mapping === undefined) return bytes;
  bytes.set(mapping.nonce, 24);
  bytes[36] = mapping.transport === "tcp" ? 6 : 17;
  writeUint16(bytes, 40, mapping.internalPort);
  writeUint16(bytes, 42, mapping.externalPort);
  const host = parseIp(mapping.externalHost) ?? new Uint8Array(16);
  if (host.length === 4) bytes.set([0xff, 0xff], 54);
  bytes.set(host, 60 - host.length);
  return bytes;
}

function pcpMappingOf(reply: PcpReply): PcpMapping | undefined {
  if (reply.kind === "mapping") return reply;
  return reply.kind === "refused" ? reply.mapping : undefined;
}

/** A device's reply to a search. */
export function encodeSsdpReply(location: string, target: string): Uint8Array {
  const lines = [
    "HTTP/1.1 200 OK",
    "CACHE-CONTROL: max-age=120",
    `ST: ${target}`,
    `LOCATION: ${location}`,
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The description of a gateway with these services. */
export function gatewayDescription(
  services: readonly (readonly [type: string, controlUrl: string])[],
  urlBase = "",
): string {
  const list = services.map(
    ([type, url]) =>
      `<service><serviceType>${type}</serviceType><controlURL>${url}</controlURL></service>`,
  );
  const base = urlBase === "" ? "" : `<URLBase>${urlBase}</URLBase>`;
  return `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">${base}<device><deviceList><device><serviceList>${list.join("")}</serviceList></device></deviceList></device></root>`;
}

/** A reply with values. */
export function soapReply(action: string, values: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:${action}Response xmlns:u="x">${fields.join("")}</u:${action}Response></s:Body></s:Envelope>`;
}

/** A refusal; comes with the status 500. */
export function soapFault(code: number, reason: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>${code}</errorCode><errorDescription>${reason}</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>`;
}
