import test from "ava";

import { lookupAmong, Resolver, type AskServers } from "../../../src/io/network/resolver.ts";

/** A resolver whose servers and hosts file are tables. */
function resolverOf(
  names: Record<string, { 4?: readonly string[]; 6?: readonly string[] }>,
  hosts: Record<string, readonly string[]> = {},
  families: readonly (4 | 6)[] = [4, 6],
): { resolver: Resolver; asked: string[] } {
  const asked: string[] = [];
  const ask: AskServers = async (name, family) => {
    asked.push(`${name}/${family}`);
    const addresses = names[name]?.[family];
    if (addresses === undefined) throw Object.assign(new Error("none"), { code: "ENODATA" });
    return addresses;
  };
  const resolver = new Resolver({
    readHosts: () => new Map(Object.entries(hosts)),
    openServers: () => ask,
    families,
  });
  return { resolver, asked };
}

test("a numeric address resolves to itself without a query", async (t) => {
  const { resolver, asked } = resolverOf({});
  t.deepEqual(await resolver.resolve("192.0.2.1"), {
    addresses: ["192.0.2.1"],
    source: "numeric",
  });
  t.deepEqual((await resolver.resolve("[2001:DB8::1]", 6)).addresses, ["2001:db8::1"]);
  await t.throwsAsync(resolver.resolve("192.0.2.1", 6), { code: "ENOTFOUND" });
  t.deepEqual(asked, []);
});

test("localhost is loopback regardless of the servers", async (t) => {
  const { resolver, asked } = resolverOf({ localhost: { 4: ["192.0.2.66"] } });
  t.deepEqual((await resolver.resolve("localhost")).addresses, ["127.0.0.1", "::1"]);
  t.deepEqual((await resolver.resolve("a.LOCALHOST.", 4)).addresses, ["127.0.0.1"]);
  t.deepEqual(asked, []);
});

test("the hosts file goes before the servers", async (t) => {
  const { resolver, asked } = resolverOf(
    { "tracker.example": { 4: ["192.0.2.66"] } },
    { "tracker.example": ["::2", "192.0.2.1"] },
  );
  t.deepEqual(await resolver.resolve("Tracker.Example"), {
    addresses: ["192.0.2.1", "::2"],
    source: "hosts",
  });
  t.deepEqual(asked, []);
});

test("both families are queried, IPv4 comes first, and one of them is enough", async (t) => {
  const { resolver, asked } = resolverOf({
    "both.example": { 6: ["2001:db8::1"], 4: ["192.0.2.1"] },
    "six.example": { 6: ["2001:db8::2"] },
  });
  t.deepEqual(await resolver.resolve("both.example"), {
    addresses: ["192.0.2.1", "2001:db8::1"],
    source: "dns",
  });
  t.deepEqual((await resolver.resolve("six.example")).addresses, ["2001:db8::2"]);
  t.deepEqual((await resolver.resolve("both.example", 6)).addresses, ["2001:db8::1"]);
  t.deepEqual(asked.slice(-1), ["both.example/6"]);
});

test("a name without any address rejects with the server's code", async (t) => {
  const { resolver } = resolverOf({ "empty.example": { 4: [] } });
  await t.throwsAsync(resolver.resolve("none.example"), { code: "ENODATA" });
  await t.throwsAsync(resolver.resolve("empty.example", 4), { code: "ENOTFOUND" });
});

test("the error of an unknown name says that there is no such host", async (t) => {
  const resolver = new Resolver({
    readHosts: () => new Map(),
    openServers: () => async (name) => {
      throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: "ENOTFOUND" });
    },
  });
  const error = await t.throwsAsync(resolver.resolve("none.example"), { code: "ENOTFOUND" });
  t.regex(error?.message ?? "", /no such host: "none.example"$/);
});

test("an answer of ten thousand records is cut", async (t) => {
  const many = Array.from({ length: 10_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const { resolver } = resolverOf({ "many.example": { 4: many } });
  t.is((await resolver.resolve("many.example")).addresses.length, 8);
});

test("a query without an answer ends at the deadline", async (t) => {
  const resolver = new Resolver({
    readHosts: () => new Map(),
    openServers: () => () => new Promise(() => {}),
    deadlineMs: 1,
  });
  await t.throwsAsync(resolver.resolve("slow.example"), { code: "ETIMEOUT" });
});

test("a lookup answers in both forms that sockets ask for", async (t) => {
  const lookup = lookupAmong(["2001:db8::1", "192.0.2.1"]);
  const one = await new Promise((resolve) => {
    lookup("a.example", {}, (error, address, family) => resolve([error, address, family]));
  });
  t.deepEqual(one, [null, "2001:db8::1", 6]);
  const all = await new Promise((resolve) => {
    lookup("a.example", { all: true }, (error, addresses) => resolve([error, addresses]));
  });
  t.deepEqual(all, [
    null,
    [
      { address: "2001:db8::1", family: 6 },
      { address: "192.0.2.1", family: 4 },
    ],
  ]);
});

test("L11: a family that is off is neither asked for nor answered, and the preferred one comes first", async (t) => {
  const names = { "both.example": { 6: ["2001:db8::1"], 4: ["192.0.2.1"] } };
  const hosts = { "local.example": ["192.0.2.1", "::2"] };
  const six = resolverOf(names, hosts, [6]);
  t.deepEqual((await six.resolver.resolve("both.example")).addresses, ["2001:db8::1"]);
  t.deepEqual((await six.resolver.resolve("local.example")).addresses, ["::2"]);
  t.deepEqual((await six.resolver.resolve("localhost")).addresses, ["::1"]);
  t.deepEqual(six.asked, ["both.example/6"]);
  const off = { code: "EAFNOSUPPORT", message: "EAFNOSUPPORT: IPv4 is off" };
  await t.throwsAsync(six.resolver.resolve("192.0.2.1"), off);
  await t.throwsAsync(six.resolver.resolve("both.example", 4), off);

  const { resolver } = resolverOf(names, hosts, [6, 4]);
  const sixFirst = ["2001:db8::1", "192.0.2.1"];
  t.deepEqual((await resolver.resolve("both.example")).addresses, sixFirst);
  t.deepEqual((await resolver.resolve("local.example")).addresses, ["::2", "192.0.2.1"]);
});

test("L11: an IPv4 address in IPv6, of a URL or of an answer, is of no use without IPv4", async (t) => {
  const names = {
    "mapped.example": { 6: ["::ffff:192.0.2.1"] },
    "both.example": { 6: ["::ffff:c000:201", "2001:db8::1"] },
  };
  const { resolver: six } = resolverOf(names, {}, [6]);
  for (const host of ["[::ffff:c000:201]", "::ffff:192.0.2.1"])
    await t.throwsAsync(six.resolve(host), {
      code: "EAFNOSUPPORT",
      message: "EAFNOSUPPORT: IPv4 is off",
    });
  await t.throwsAsync(six.resolve("mapped.example"), { code: "ENOTFOUND" });
  t.deepEqual((await six.resolve("both.example")).addresses, ["2001:db8::1"]);

  const { resolver: any } = resolverOf(names, {}, [6, 4]);
  t.deepEqual((await any.resolve("[::ffff:c000:201]")).addresses, ["192.0.2.1"]);
  t.deepEqual((await any.resolve("both.example")).addresses, ["2001:db8::1", "192.0.2.1"]);
  await t.throwsAsync(any.resolve("mapped.example", 6), { code: "ENOTFOUND" });
});
