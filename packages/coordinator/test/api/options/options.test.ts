import test from "ava";
import { availableParallelism } from "node:os";
import { dialable } from "@troupe/api-base";
import { within, TroupeError } from "@troupe/control";
import { anonymousIdentity, ownIdentity } from "@troupe/protocol/client-identity";
import { shareDescriptors } from "../../../src/api/options/descriptor-budget.ts";
import type { CoordinatorOptions } from "../../../src/api/options/generated/engine-options.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

test("without options every setting has its default", (t) => {
  const cores = availableParallelism();
  const use = { limit: 100_000, open: 30 };
  const peerWorkers = Math.min(4, Math.max(1, Math.floor(cores / 4)));
  const threads = { peerWorkers, hashThreads: cores, hasRecords: false, hasDht: true };
  const { budget: descriptors } = shareDescriptors(use, threads);
  t.deepEqual(engineOptions({}, use), {
    directory: process.cwd(),
    peerWorkers,
    hashThreads: cores,
    memoryBytes: 64 * 1024 * 1024,
    ports: [6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 0],
    bind: [],
    localDiscovery: true,
    dht: { bootstrap: [] },
    portMapping: ["PCP", "NAT-PMP", "UPnP"],
    settings: {},
    uploadSlots: "rate",
    families: [4, 6],
    identity: ownIdentity,
    descriptors,
  });
});

test("a single port becomes a list", (t) => {
  t.deepEqual(engineOptions({ port: 7000 }).ports, [7000]);
  t.deepEqual(engineOptions({ port: [7000, 0] }).ports, [7000, 0]);
});

test("upload slots are a number, all, or by rate", (t) => {
  for (const uploadSlots of [1, 10_000, "all", "rate"] as const)
    t.is(engineOptions({ uploadSlots }).uploadSlots, uploadSlots);
});

test("AE12: the prefix of peer ids can be set", (t) => {
  t.is(engineOptions({ peerIdPrefix: "-AB110S-" }).identity.peerIdPrefix, "-AB110S-");
});

test("the folder is made absolute at the start", (t) => {
  t.is(engineOptions({ directory: "a/b" }).directory, `${process.cwd()}/a/b`);
  t.is(engineOptions({ directory: "a/b" }).settings?.directory, `${process.cwd()}/a/b`);
});

test("the least memory is one MiB for each peer-worker", (t) => {
  const mebibyte = 1024 * 1024;
  t.is(engineOptions({ peerWorkers: 3, memory: 3 * mebibyte }).memoryBytes, 3 * mebibyte);
  t.throws(() => engineOptions({ peerWorkers: 3, memory: 3 * mebibyte - 1 }), {
    code: "option-out-of-range",
  });
  t.throws(() => engineOptions({ peerWorkers: 0, memory: mebibyte - 1 }), {
    code: "option-out-of-range",
  });
});

const refused = test.macro((t, options: CoordinatorOptions, name: string, seen: string) => {
  const error = t.throws(() => engineOptions(options), { instanceOf: TroupeError });
  t.is(error?.code, "option-out-of-range");
  t.is(error?.details["option"], name);
  t.is(error?.details["seen"], seen);
});

test("a port that is a string is shown in quotes", (t) => {
  const error = t.throws(() => engineOptions({ port: ["0"] as unknown as number[] }));
  t.is(error?.message, 'option port is "0"; allowed is a whole number from 0 to 65535');
});

test("a negative port is refused", refused, { port: -1 }, "port", "-1");
test("a port over 65,535 is refused", refused, { port: [0, 65_536] }, "port", "65536");
test("an empty list of ports is refused", refused, { port: [] }, "port", "an empty list");
test(
  "a negative number of peer-workers is refused",
  refused,
  { peerWorkers: -1 },
  "peerWorkers",
  "-1",
);
test("a fraction of a thread is refused", refused, { hashThreads: 1.5 }, "hashThreads", "1.5");
test(
  "AE12: a prefix of peer ids that is too short is refused",
  refused,
  { peerIdPrefix: "-AB110S" },
  "peerIdPrefix",
  '"-AB110S"',
);
test("F09: the limits of the queue are passed on as they are", (t) => {
  const limits = { maxActiveDownloads: 0, maxActiveSeeds: 100_000, maxChecks: 256 };
  const { maxChecks, ...active } = limits;
  t.like(engineOptions(limits), { maxChecks, settings: active });
});
test(
  "a fraction as the number of seeds is refused",
  refused,
  { maxActiveSeeds: 1.5 },
  "maxActiveSeeds",
  "1.5",
);
test("zero checks are refused", refused, { maxChecks: 0 }, "maxChecks", "0");
test(
  "a negative number of downloads is refused",
  refused,
  { maxActiveDownloads: -1 },
  "maxActiveDownloads",
  "-1",
);
test("zero upload slots are refused", refused, { uploadSlots: 0 }, "uploadSlots", "0");
test(
  "another word for upload slots is refused",
  refused,
  { uploadSlots: "some" as "all" },
  "uploadSlots",
  '"some"',
);
test("zero connections are refused", refused, { maxPeers: 0 }, "maxPeers", "0");
test(
  "memory of another type than number is refused",
  refused,
  { memory: Number.NaN },
  "memory",
  "NaN",
);

test(
  "workerUrls for an engine without threads is refused",
  refused,
  { host: "inline", workerUrls: "/workers" },
  "workerUrls",
  "given",
);
test(
  "a folder with a NUL is refused",
  refused,
  { directory: "down\0loads" },
  "directory",
  '"down\\u0000loads"',
);
test("an unknown host is refused", refused, { host: "cloud" as "inline" }, "host", "cloud");
test("malformed addresses are refused", refused, { bind: ["eth0"] }, "bind", "eth0");

const isNoPeer = test.macro((t, peer: { readonly host: string; readonly port: number }) => {
  t.throws(() => dialable(peer), { code: "option-out-of-range" });
});

test("a peer on port 0 is refused", isNoPeer, { host: "192.0.2.7", port: 0 });
test("a peer on a port over 65,535 is refused", isNoPeer, { host: "192.0.2.7", port: 65_536 });
test("a peer without a name is refused", isNoPeer, { host: "", port: 1 });
test("a peer whose name is too long is refused", isNoPeer, { host: "x".repeat(254), port: 1 });

test("a peer without a host never reaches the engine", (t) => {
  const peer = { port: 6881 } as unknown as { host: string; port: number };
  t.throws(() => dialable(peer), { code: "option-out-of-range" });
  t.deepEqual(dialable({ host: "::1", port: 6881, more: 1 } as { host: string; port: number }), {
    host: "::1",
    port: 6881,
  });
});

test("the message has the allowed range, with both ends", (t) => {
  t.is(within("x", 1, 1, 3), 1);
  t.is(within("x", 3, 1, 3), 3);
  t.throws(() => within("x", 4, 1, 3), {
    message: "option x is 4; allowed is a whole number from 1 to 3",
  });
});

test("with few descriptors one thread hashes", (t) => {
  const options = { peerWorkers: 1, hashThreads: 8 };
  t.is(engineOptions(options, { limit: 1_024, open: 25 }).hashThreads, 8);
  t.is(engineOptions(options, { limit: 128, open: 25 }).hashThreads, 1);
});

test("L12: an anonymous engine has no name, no local discovery, and asks gateways by NAT-PMP alone", (t) => {
  t.like(engineOptions({ anonymous: true }), {
    identity: anonymousIdentity,
    localDiscovery: false,
    portMapping: ["NAT-PMP"],
  });
  t.deepEqual(engineOptions({ anonymous: true, portMapping: false }).portMapping, []);
  t.false(JSON.stringify(anonymousIdentity).toLowerCase().includes("troupe"));
});
test(
  "L12: a prefix of peer ids is refused in anonymous mode",
  refused,
  { anonymous: true, peerIdPrefix: "-AB110S-" },
  "peerIdPrefix",
  '"-AB110S-"',
);
test(
  "L12: an announced address is refused in anonymous mode",
  refused,
  { anonymous: true, announceAddress: "192.0.2.1" },
  "announceAddress",
  '"192.0.2.1"',
);

test("L11: one family or both may be used, in this order, each once", (t) => {
  t.deepEqual(engineOptions({ addressFamilies: "ipv6" }).families, [6]);
  t.deepEqual(engineOptions({ addressFamilies: ["ipv6", "ipv4"] }).families, [6, 4]);
  t.deepEqual(engineOptions({ addressFamilies: ["ipv4", "ipv4"] }).families, [4]);
});
test("L11: an IPv4 address in IPv6 to listen on counts as one of IPv4", (t) => {
  const bind = ["::ffff:192.0.2.1", "::1"];
  t.deepEqual(engineOptions({ bind }).bind, ["192.0.2.1", "::1"]);
});
test(
  "L11: an IPv4 address in IPv6 to listen on is refused without IPv4",
  refused,
  { addressFamilies: "ipv6", bind: ["::ffff:192.0.2.1"] },
  "bind",
  "::ffff:192.0.2.1",
);
test(
  "L11: no family is refused",
  refused,
  { addressFamilies: [] },
  "addressFamilies",
  "an empty list",
);
test(
  "L11: an address to listen on of a family that is off is refused",
  refused,
  { addressFamilies: "ipv4", bind: ["192.0.2.1", "::1"] },
  "bind",
  "::1",
);
test(
  "L11: an address to announce of a family that is off is refused",
  refused,
  { addressFamilies: ["ipv6"], announceAddress: "192.0.2.1" },
  "announceAddress",
  "192.0.2.1",
);

test("D08: an interface is bound by its name, strictly if so set, with the addresses of bind", (t) => {
  t.deepEqual(engineOptions({ interface: "wg0" }).interface, { name: "wg0", isStrict: false });
  const strict = engineOptions({ interface: "wg0", interfaceStrict: true });
  t.deepEqual(strict.interface, { name: "wg0", isStrict: true });
  const ofOne = engineOptions({ interface: "wg0", bind: ["192.0.2.7", "2001:DB8::0:7"] });
  const hosts = ["192.0.2.7", "2001:db8::7"];
  t.deepEqual(ofOne.interface, { name: "wg0", isStrict: false, hosts });
  t.is(engineOptions({}).interface, undefined);
  for (const name of ["", "a name", "a/b", "x".repeat(16)])
    t.throws(() => engineOptions({ interface: name }), { code: "option-out-of-range" }, name);
});

test("D06: behind a proxy local discovery and port mapping are off, and the DHT where it carries no UDP", (t) => {
  const proxy = "http://ann:secret@proxy.example:3128";
  const behind = engineOptions({ proxy });
  t.like(behind, { localDiscovery: false, portMapping: [], dht: undefined });
  const login = { user: "ann", password: "secret" };
  const place = { host: "proxy.example", port: 3_128, login };
  t.deepEqual(behind.proxy, { protocol: "http", ...place, use: "all" });
  const socks = engineOptions({ proxy: "socks5://proxy.example" });
  t.like(socks, { localDiscovery: false, portMapping: [] });
  t.not(socks.dht, undefined);
  const forTrackers = engineOptions({ proxy, proxyFor: "trackers" });
  t.is(forTrackers.proxy?.use, "viaProxy");
  t.true(forTrackers.localDiscovery && forTrackers.portMapping.length > 0);
  t.not(forTrackers.dht, undefined);
});
test(
  "D06: another address of a proxy is refused, and not shown",
  refused,
  { proxy: "ftp://ann:secret@proxy.example" },
  "proxy",
  "another text",
);
