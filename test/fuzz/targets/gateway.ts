import {
  decodeNatPmpReply,
  decodePcpReply,
  decodeSoapReply,
  decodeSsdpReply,
  gatewayTargets,
  readGatewayServices,
} from "@troupe/protocol/gateway";
import {
  encodeNatPmpReply,
  encodePcpReply,
  encodeSsdpReply,
  gatewayDescription,
  soapFault,
  soapReply,
} from "@troupe/protocol/testing";

import { bytesMutator, bytesOf, joined } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const mapping = {
  transport: "tcp",
  internalPort: 6_881,
  externalPort: 40_000,
  lifetimeSeconds: 3_600,
  epochSeconds: 9,
} as const;
const isPort = (port: number): boolean => port >= 0 && port <= 65_535;

/** Datagrams of gateways. The first byte names the protocol. */
export const gatewayReply: FuzzTarget = {
  name: "gateway-reply",
  oracle:
    "refused with a code, or every number is in range, and a location is an http URL without a user name",
  sources: ["protocol/src/gateway/rfc", "protocol/src/gateway/ssdp"],
  seeds: () => {
    const nonce = new Uint8Array(12);
    const pcp = { ...mapping, kind: "mapping", nonce, externalHost: "203.0.113.1" } as const;
    return [
      joined([0], encodeNatPmpReply({ ...mapping, kind: "mapping", operation: "tcp" })),
      joined(
        [0],
        encodeNatPmpReply({
          ...{ kind: "address", operation: "address", epochSeconds: 1, host: "203.0.113.1" },
        }),
      ),
      joined([1], encodePcpReply(pcp)),
      joined([1], encodePcpReply({ kind: "announced", epochSeconds: 1 })),
      joined([2], encodeSsdpReply("http://192.0.2.1:5000/d.xml", gatewayTargets[0] ?? "")),
    ];
  },
  mutate: bytesMutator([
    ...["\r\n\r\n", "LOCATION: ", "http://a:b@", "https://", "ST: ", "HTTP/1.1 200"].map(bytesOf),
    new Uint8Array(12).fill(0xff),
    Uint8Array.of(129, 0, 0),
  ]),
  maxBytes: 4_200,
  run(input) {
    const bytes = input.subarray(1);
    const protocol = (input[0] ?? 0) % 3;
    if (protocol === 0) {
      const reply = acceptedBy(() => decodeNatPmpReply(bytes));
      if (reply?.kind === "mapping") hold(isPort(reply.externalPort), "a port");
    } else if (protocol === 1) {
      const reply = acceptedBy(() => decodePcpReply(bytes));
      if (reply?.kind === "mapping") {
        hold(isPort(reply.externalPort) && reply.nonce.length === 12, "a port or a nonce");
      }
    } else {
      const location = acceptedBy(() => decodeSsdpReply(bytes))?.location;
      hold(location === undefined || location.protocol === "http:", "another scheme");
      hold(location === undefined || location.username === "", "a user name");
    }
  },
};

const location = new URL("http://192.0.2.1:5000/d.xml");
const service = "urn:schemas-upnp-org:service:WANIPConnection:1";

/** Documents of gateways (UPnP). The first byte tells a description from a reply to a call. */
export const gatewayDocument: FuzzTarget = {
  name: "gateway-document",
  oracle:
    "refused with a code, or at most four services on the gateway itself, at most 64 values, and clean text",
  sources: ["protocol/src/gateway/xml", "protocol/src/gateway/upnp"],
  seeds: () =>
    [
      [0, gatewayDescription([[service, "/control"]])],
      [0, gatewayDescription([[service, "control"]], "http://192.0.2.1:80/")],
      [0, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
      [1, soapReply("Get", { NewPort: "6881", NewHost: "203.0.113.1" })],
      [1, soapFault(718, "ConflictInMappingEntry")],
      [1, "<a><!-- b --><![CDATA[<c>]]>&amp;&#65;&#x41;</a>"],
    ].map(([kind, text]) => joined([Number(kind)], bytesOf(String(text)))),
  mutate: bytesMutator(
    ["<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&#x10ffff;", "&#0;"]
      .concat([
        "<controlURL>",
        "<serviceType>",
        "http://127.0.0.1/",
        "<errorCode>",
        "<GetResponse>",
      ])
      .map(bytesOf),
  ),
  maxBytes: 8_192,
  run(input) {
    const bytes = input.subarray(1);
    if (((input[0] ?? 0) & 1) === 0) {
      const services = acceptedBy(() => readGatewayServices(bytes, location)) ?? [];
      hold(services.length <= 4, "more services than allowed");
      for (const { controlUrl } of services) {
        hold(new URL(controlUrl).hostname === location.hostname, "a service elsewhere");
      }
      return;
    }
    const reply = acceptedBy(() => decodeSoapReply(bytes, "Get"));
    if (reply === undefined) return;
    const texts = reply.kind === "fault" ? [reply.reason] : [...reply.values.values()];
    hold(texts.length <= 64 && texts.every(isClean), "too many values, or text that is not clean");
    if (reply.kind === "fault") hold(reply.code >= 0 && reply.code <= 99_999, "a code");
  },
};
