import test from "ava";
import { OwnAddresses } from "../../../src/torrent/addresses/own-addresses.ts";

const ours = "203.0.113.9";
const port = 6_881;

function makeOwn(): OwnAddresses {
  return new OwnAddresses(() => [port]);
}

/** Hosts of `count` networks; those of another `region` are different. */
function networks(count: number, region = 1): string[] {
  return Array.from({ length: count }, (_, n) => `8.${region}.${n}.1`);
}

function networks6(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `2001:db8:${n + 1}::1`);
}

/** @returns How many of the witnesses changed what is believed. */
function see(own: OwnAddresses, host: string, witnesses: readonly string[]): number {
  return witnesses.filter((witness) => own.seen(host, witness)).length;
}

test("an address is ours when five networks see it, with our port alone", (t) => {
  const own = makeOwn();
  t.is(see(own, ours, networks(4)), 0);
  t.false(own.has(ours, port));
  t.is(own.addressOf(4), undefined);
  t.is(see(own, ours, networks(6)), 1, "the change is reported once");
  t.true(own.has(ours, port));
  t.is(own.addressOf(4), ours);
  t.false(own.has(ours, 6_882));
  t.false(own.has("203.0.113.8", port));
});

test("many peers of one network have one vote, and the other family has none", (t) => {
  const own = makeOwn();
  see(own, ours, ["8.0.1.1", "8.0.1.2", "8.0.1.3", "8.0.1.4", "8.0.1.5", "8.0.2.1"]);
  see(own, ours, networks6(9));
  t.false(own.has(ours, port));
});

test("only the internet has votes, and only for addresses of the internet", (t) => {
  const own = makeOwn();
  const homes = Array.from({ length: 9 }, (_, n) => `192.168.${n}.1`);
  see(own, ours, homes);
  see(own, "192.168.1.7", networks(9));
  t.is(own.addressOf(4), undefined);
});

test("networks that lie do not change our address while as many tell the truth", (t) => {
  const own = makeOwn();
  const victim = "198.51.100.7";
  see(own, ours, networks(5));
  see(own, victim, networks(5, 2));
  t.false(own.has(victim, port));
  t.true(own.has(ours, port));
  see(own, victim, networks(6, 2));
  t.is(own.addressOf(4), victim, "most networks say so");
});

test("after a change of address the old one is forgotten, and each family has its own", (t) => {
  const own = makeOwn();
  see(own, ours, networks(5));
  see(own, "2001:db8::9", networks6(5));
  see(own, "203.0.113.10", networks(5));
  t.false(own.has(ours, port));
  t.true(own.has("203.0.113.10", port));
  t.true(own.has("2001:db8::9", port));
  t.is(own.addressOf(6), "2001:db8::9");
});

test("the votes of the latest 64 networks of a family count", (t) => {
  const own = makeOwn();
  see(own, "198.51.100.7", networks(64));
  see(own, ours, networks(32, 2));
  t.false(own.has(ours, port));
  see(own, ours, networks(33, 2));
  t.true(own.has(ours, port), "33 of the last 64");
});

test("64 addresses that a dial found to be ours are kept", (t) => {
  const own = makeOwn();
  for (let number = 1; number <= 65; number++) own.met(ours, number);
  t.true(own.has(ours, 64));
  t.false(own.has(ours, 65));
});
