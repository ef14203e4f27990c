// Hostile trackers that speak HTTP, in the order of their cases.

import type { SimulatedReply } from "@troupe/actor-runtime/simulated";
import { encode, type Encodable } from "@troupe/protocol/bencode";
import { encodeCompact4, encodeCompact6 } from "@troupe/protocol/tracker";
import type { HostileHttpTracker } from "./hostile-tracker.ts";
import {
  deadPeers,
  hostileText,
  impossiblePeers,
  impossiblePeers6,
  localPeers,
} from "./named-peers.ts";

const usual = { interval: 1_800, peers: new Uint8Array(0) };

/** A reply with these fields over the usual ones. */
function reply(fields: { readonly [key: string]: Encodable }): SimulatedReply {
  return { body: encode({ ...usual, ...fields }) };
}

function withoutEnd(): Promise<never> {
  return new Promise(() => {});
}

const peerLists: readonly HostileHttpTracker[] = [
  {
    name: "compact-lists-of-odd-length",
    does: "ends its lists of peers inside an address",
    cases: [70],
    answer: () =>
      reply({
        peers: new Uint8Array([...encodeCompact4(deadPeers(1)), 45, 30, 0, 1, 26]),
        peers6: new Uint8Array(17).fill(0x2a),
      }),
  },
  {
    name: "million-peers",
    does: "names a million peers",
    cases: [70, 71],
    answer: () => reply({ peers: new Uint8Array(6_000_000).fill(45) }),
  },
  {
    name: "as-many-peers-as-fit",
    does: "names as many peers as 1 MiB has room for",
    cases: [70],
    answer: () => reply({ peers: encodeCompact4(deadPeers(174_000)) }),
  },
  {
    name: "seeder-behind-dead-peers",
    does: "names the seeder of the other tracker behind ten thousand dead peers",
    cases: [70],
    answer: ({ seeder }) => reply({ peers: encodeCompact4([...deadPeers(9_999), seeder]) }),
  },
  {
    name: "impossible-peers",
    does: "names port 0, no address, multicast and broadcast",
    cases: [70],
    answer: () =>
      reply({
        peers: encodeCompact4(impossiblePeers),
        peers6: encodeCompact6(impossiblePeers6),
      }),
  },
  {
    name: "host-names-as-peers",
    does: "names host names, zones and numbers beyond a port in dictionaries",
    cases: [70],
    answer: () =>
      reply({
        peers: [
          { ip: "victim.example", port: 80 },
          { ip: "fe80::1%eth0", port: 80 },
          { ip: "45.31.0.1", port: 65_536 },
          { ip: "45.31.0.1", port: -1 },
          { ip: "x".repeat(10_000), port: 80 },
        ],
      }),
  },
  {
    name: "local-peers",
    does: "names addresses of our machine and our network",
    cases: [70, 72],
    answer: () => reply({ peers: encodeCompact4(localPeers) }),
  },
  {
    name: "ourselves",
    does: "names us a hundred times",
    cases: [70],
    answer: ({ client }) =>
      reply({ peers: encodeCompact4(Array.from({ length: 100 }, () => client)) }),
  },
];

const bodies: readonly HostileHttpTracker[] = [
  {
    name: "body-over-1-mib",
    does: "sends a byte more than 1 MiB",
    cases: [71],
    answer: () => ({ body: new Uint8Array((1 << 20) + 1) }),
  },
  {
    name: "never-answers",
    does: "takes the request and sends nothing",
    cases: [71],
    answer: withoutEnd,
  },
  {
    name: "answers-too-late",
    does: "answers after 40 s",
    cases: [71],
    answer: () => ({ ...reply({}), delayMs: 40_000 }),
  },
  {
    name: "cut-connection",
    does: "closes the connection within the reply",
    cases: [71],
    answer: () => {
      throw Object.assign(new Error("cut"), { code: "ECONNRESET" });
    },
  },
  {
    name: "half-a-reply",
    does: "sends half of a reply",
    cases: [71],
    answer: () => ({ body: encode(usual).subarray(0, 10) }),
  },
  {
    name: "deep-nesting",
    does: "sends lists nested half a million deep",
    cases: [71],
    answer: () => ({ body: "l".repeat(500_000) }),
  },
  {
    name: "length-of-4-gib",
    does: "announces a string of 4 GiB in its reply",
    cases: [71],
    answer: () => ({ body: "d8:intervali1800e5:peers4294967296:" }),
  },
];

const places: readonly HostileHttpTracker[] = [
  {
    name: "redirect-to-loopback",
    does: "redirects to our own machine",
    cases: [72],
    answer: () => ({ redirect: "http://127.0.0.1/admin" }),
  },
  {
    name: "redirect-to-private-network",
    does: "redirects to a machine of our network",
    cases: [72],
    answer: () => ({ redirect: "http://10.0.0.1/admin" }),
  },
  {
    name: "redirect-to-link-local",
    does: "redirects to the address of cloud metadata",
    cases: [72],
    answer: () => ({ redirect: "http://169.254.169.254/latest/meta-data" }),
  },
  {
    name: "redirect-to-local-name",
    does: "redirects to a name of its own whose address is local",
    cases: [72],
    answer: ({ names }) => {
      names.set("inside.example", "10.0.0.1");
      return { redirect: "http://inside.example/admin" };
    },
  },
  {
    name: "redirect-loop",
    does: "redirects to itself for ever",
    cases: [72],
    answer: ({ request }) => ({ redirect: request.url.href }),
  },
  {
    name: "local-name",
    does: "has a public name with the address of a machine of our network",
    cases: [72],
    hosts: ["10.0.0.1"],
    answer: () => reply({}),
  },
  {
    name: "rebinding",
    does: "gives its name a local address after the first look-up and redirects to that name",
    cases: [72],
    answer: ({ names, request }) => {
      names.set(request.url.hostname, "10.0.0.1");
      return { redirect: `http://${request.url.hostname}/admin` };
    },
  },
];

const numbersAndTexts: readonly HostileHttpTracker[] = [
  {
    name: "interval-0",
    does: "wants an announce every 0 s",
    cases: [73],
    answer: () => reply({ interval: 0, "min interval": 0 }),
  },
  {
    name: "negative-interval",
    does: "wants an announce every −1 s",
    cases: [73],
    answer: () => reply({ interval: -1, "min interval": -1 }),
  },
  {
    name: "interval-of-68-years",
    does: "wants an announce every 2³¹ s",
    cases: [73],
    answer: () => reply({ interval: 2 ** 31, "min interval": 2 ** 31 }),
  },
  {
    name: "interval-of-a-hundred-digits",
    does: "wants an announce after a number of seconds of a hundred digits",
    cases: [73],
    answer: () => ({ body: `d8:intervali${"9".repeat(100)}e5:peers0:e` }),
  },
  {
    name: "numbers-out-of-range",
    does: "counts −1 seeds and 2⁶³ leechers",
    cases: [73],
    answer: () => ({
      body: "d8:completei-1e10:incompletei9223372036854775808e8:intervali1800e5:peers0:e",
    }),
  },
  {
    name: "hostile-failure-text",
    does: "refuses with control characters and 100 KB of text",
    cases: [73],
    answer: () => ({ body: encode({ "failure reason": hostileText }) }),
  },
  {
    name: "wants-no-announce",
    does: "refuses and wants no further announce",
    cases: [73],
    answer: () => ({ body: encode({ "failure reason": "no", "retry in": "never" }) }),
  },
  {
    name: "hostile-warning-text",
    does: "warns with control characters and 100 KB of text",
    cases: [73],
    answer: () => reply({ "warning message": hostileText }),
  },
  {
    name: "hostile-status-page",
    does: "answers with an error page of 100 KB and control characters",
    cases: [73],
    answer: () => ({ status: 500, body: hostileText }),
  },
  {
    name: "long-tracker-id",
    does: "gives a tracker id of 100 KB",
    cases: [73],
    answer: () => reply({ "tracker id": "x".repeat(100_000), interval: 0 }),
  },
];

/** All hostile HTTP trackers. */
export const hostileHttpTrackers: readonly HostileHttpTracker[] = [
  ...peerLists,
  ...bodies,
  ...places,
  ...numbersAndTexts,
];
