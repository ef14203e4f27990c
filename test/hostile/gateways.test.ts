// Hostile gateways and neighbours against port mapping in virtual time, one a case. Each has bounds: what it gets of us
// in an hour, and the port that we announce.

import test from "ava";
import type { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { readUint16 } from "@troupe/protocol/bytes";
import { gatewayPort, gatewayTargets, ssdpGroup } from "@troupe/protocol/gateway";
import {
  encodeNatPmpReply,
  encodePcpReply,
  encodeSsdpReply,
  gatewayDescription,
  soapReply,
} from "@troupe/protocol/testing";
import { listenPort, mappingScene } from "../../packages/coordinator/test/support/mapping-scene.ts";
import {
  externalHost,
  gatewayHost,
  type GatewayMood,
} from "../../packages/coordinator/test/support/simulated-gateway.ts";

const minuteMs = 60_000;
/** Searches of an hour: one a minute from the start to the fifth, then one in 15 minutes. */
const searches = 6 + 3;
/** Three datagrams of each of two protocols, and six of UPnP. */
const silentMessages = searches * 12;
const epochSeconds = 100;
const service = "urn:schemas-upnp-org:service:WANIPConnection:1";
const [target = ""] = gatewayTargets;

interface HostileGateway {
  readonly name: string;
  readonly does: string;
  readonly mood: Partial<GatewayMood>;
  /** Other machines of the network. */
  readonly beside?: (world: SimulatedWorld) => Promise<void>;
  /** Port during the hour; undefined: never. */
  readonly port?: number;
  /** Datagrams and requests that it gets in an hour. */
  readonly messages: number;
}

const upnp = { speaks: ["UPnP"] } as const;

/** Answers of a gateway to a datagram. */
type Answer = NonNullable<GatewayMood["datagram"]>;

/** The fields of a grant of PCP that are not as they should be. */
interface GrantChange {
  readonly nonce?: Uint8Array;
  readonly externalPort?: number;
  readonly epochSeconds?: number;
}

/** Grants the port 7777 by PCP. @param change Called for each grant. */
function granting(change: () => GrantChange = () => ({})): Answer {
  return (request, send) => {
    if (request[0] !== 2) return;
    const changed = change();
    const epoch = { epochSeconds: changed.epochSeconds ?? epochSeconds };
    if (request[1] === 0) return send(encodePcpReply({ kind: "announced", ...epoch }));
    const grant = {
      kind: "mapping",
      lifetimeSeconds: 3_600,
      externalHost,
      externalPort: 7_777,
      nonce: request.slice(24, 36),
      transport: request[36] === 6 ? "tcp" : "udp",
      internalPort: readUint16(request, 40),
    } as const;
    send(encodePcpReply({ ...grant, ...epoch, ...changed }));
  };
}

/** Counts from `first`. */
function counting(first: number): () => number {
  let next = first;
  return () => next++;
}

/** Refuses with each code in turn. */
function refusing(): Answer {
  const count = counting(0);
  return (request, send) => {
    const refusal = { kind: "refused", resultCode: (count() % 13) + 1, epochSeconds } as const;
    if (request[0] === 2) send(encodePcpReply({ ...refusal, operation: "map" }));
    else send(encodeNatPmpReply({ ...refusal, operation: "address" }));
  };
}

/** The gateway's clock restarts with each second answer. */
function jumping(): Answer {
  const count = counting(0);
  return granting(() => ({ epochSeconds: (count() % 2) * 1_000_000 }));
}

/** The gateway grants the next port each time. */
function wandering(): Answer {
  const count = counting(20_000);
  return (request, send) => {
    if (request[1] === 0) return granting()(request, send);
    const externalPort = count();
    granting(() => ({ externalPort }))(request, send);
  };
}

/** Its documents are these. */
function serving(description: string, answer: string): Partial<GatewayMood> {
  return {
    ...upnp,
    http: ({ body }) => ({ body: body === undefined ? description : answer }),
  };
}

const gateways: readonly HostileGateway[] = [
  {
    name: "wrong-nonce",
    does: "grants with the nonce of another mapping",
    mood: { datagram: granting(() => ({ nonce: new Uint8Array(12) })), speaks: [] },
    messages: silentMessages,
  },
  {
    name: "port-zero",
    does: "grants the port 0",
    mood: { datagram: granting(() => ({ externalPort: 0 })), speaks: [] },
    messages: silentMessages,
  },
  {
    name: "no-time",
    does: "grants a lifetime of 0",
    mood: { lifetimeSeconds: 0, speaks: ["PCP", "NAT-PMP"] },
    messages: silentMessages,
  },
  {
    name: "one-second",
    does: "grants a lifetime of a second: renewed once a minute",
    mood: { lifetimeSeconds: 1 },
    port: listenPort,
    messages: 2 * 61,
  },
  {
    name: "for-ever",
    does: "grants a lifetime of 2³² − 1 s: renewed after half an hour",
    mood: { lifetimeSeconds: 0xffff_ffff },
    port: listenPort,
    messages: 2 + 60 + 2 * 2,
  },
  {
    name: "jumping-epoch",
    does: "seems to have restarted each time",
    mood: { datagram: jumping() },
    port: 7_777,
    messages: 2 + 60 * 3,
  },
  {
    name: "wandering-port",
    does: "grants another port each time, and stops its clock: asked again once a minute",
    mood: { datagram: wandering() },
    port: 20_120,
    messages: 2 + 60 * 3,
  },
  {
    name: "flood",
    does: "answers each datagram with hundreds that are broken",
    mood: {
      speaks: [],
      datagram: (_request, send) => {
        for (let i = 0; i < 200; i++) send(new Uint8Array(7 * i).fill(i));
      },
    },
    messages: silentMessages,
  },
  {
    name: "refused-always",
    does: "refuses by every code of PCP and NAT-PMP in turn",
    mood: { datagram: refusing(), speaks: [] },
    messages: silentMessages,
  },
  {
    name: "search-flood",
    does: "answers a search with hundreds of locations elsewhere: 64 are read",
    mood: {
      speaks: [],
      ssdp: (send) => {
        for (let i = 0; i < 200; i++) {
          send(encodeSsdpReply(`http://192.168.${i >> 8}.${i & 255}:80/`, target));
        }
        send(encodeSsdpReply(`http://${gatewayHost}:5000/desc.xml`, target));
      },
    },
    messages: silentMessages,
  },
  {
    name: "endless-xml",
    does: "describes itself without end: cut at 64 KiB",
    mood: serving("<a>".repeat(50_000), ""),
    messages: searches * 13,
  },
  {
    name: "deep-xml",
    does: "describes itself in a thousand levels",
    mood: serving("<a>".repeat(1_000), ""),
    messages: searches * 13,
  },
  {
    name: "entities",
    does: "defines entities that grow",
    mood: serving('<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "&b;">]><a>&b;</a>', ""),
    messages: searches * 13,
  },
  {
    name: "redirects",
    does: "redirects its description to another machine",
    mood: { ...upnp, http: () => ({ redirect: "http://192.168.1.77:80/secret" }) },
    messages: searches * 13,
  },
  {
    name: "redirects-control",
    does: "redirects its calls to another machine",
    mood: {
      ...upnp,
      http: ({ body }) =>
        body === undefined
          ? { body: gatewayDescription([[service, "/control"]]) }
          : { redirect: "http://192.168.1.77:80/secret" },
    },
    messages: searches * 14,
  },
  {
    name: "control-elsewhere",
    does: "names control URLs on loopback and on another machine",
    mood: serving(
      gatewayDescription([
        [service, "http://127.0.0.1:6379/"],
        [service, "http://192.168.1.77:80/secret"],
        [service, "//[::1]/"],
      ]),
      soapReply("AddPortMapping"),
    ),
    messages: searches * 13,
  },
  {
    name: "base-elsewhere",
    does: "names a base URL on another machine",
    mood: serving(
      gatewayDescription([[service, "/secret"]], "http://192.168.1.77:80/"),
      soapReply("AddPortMapping"),
    ),
    messages: searches * 13,
  },
  {
    name: "reserved-nonsense",
    does: "reserves a port that is none",
    mood: serving(
      gatewayDescription([[service, "/control"]]),
      soapReply("AddPortMapping", { NewReservedPort: "99999" }),
    ),
    messages: searches * 14,
  },
  {
    name: "silent-control",
    does: "never answers a call: given up after 5 s",
    mood: {
      ...upnp,
      http: ({ body }) =>
        body === undefined
          ? { body: gatewayDescription([[service, "/control"]]) }
          : new Promise(() => {}),
    },
    messages: searches * 14,
  },
  {
    name: "slow",
    does: "answers its description after 4 s",
    mood: {
      ...upnp,
      http: ({ body }) =>
        body === undefined
          ? { body: gatewayDescription([[service, "/control"]]), delayMs: 4_000 }
          : undefined,
    },
    port: listenPort,
    messages: 300,
  },
  {
    name: "neighbour",
    does: "is silent, while another machine answers in its place",
    mood: { isOff: true },
    beside: async (world) => {
      const { datagrams } = world.machine({ addresses: ["192.168.1.66"] }).ports("neighbour");
      for (const port of [gatewayPort, ssdpGroup.port]) {
        const socket = await datagrams.bind(
          { host: "0.0.0.0", port, group: { host: ssdpGroup.host } },
          {
            received: (bytes, from) => {
              granting()(bytes, (reply) => socket.send(reply, from));
              const location = `http://${gatewayHost}:5000/desc.xml`;
              socket.send(encodeSsdpReply(location, target), from);
            },
          },
        );
      }
    },
    messages: silentMessages,
  },
];

for (const { name, does, mood, beside, port, messages } of gateways) {
  test(`D07: gateway ${name} ${does}`, async (t) => {
    const scene = await mappingScene(mood);
    const { gateway, world, mapping, failures, start } = scene;
    await beside?.(world);
    const elsewhere: string[] = [];
    for (const origin of ["http://192.168.1.77", "http://127.0.0.1:6379"]) {
      world.http.serve(origin, ({ url }) => {
        elsewhere.push(url.href);
        return { body: soapReply("AddPortMapping") };
      });
    }
    await start();
    await world.run(60 * minuteMs);
    t.is(mapping.tcp?.externalPort, port);
    t.true(gateway.messages <= messages, `${gateway.messages} messages, not ${messages}`);
    t.deepEqual([elsewhere, failures], [[], []]);
    const closedAtMs = world.scheduler.nowMs;
    await world.settle(mapping.close());
    t.true(world.scheduler.nowMs - closedAtMs <= 1_500);
    const atEnd = gateway.messages;
    await world.run(60 * minuteMs);
    t.is(gateway.messages, atEnd);
  });
}
