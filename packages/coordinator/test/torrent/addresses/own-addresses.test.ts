import test from "ava";
import { OwnAddresses } from "../../../src/torrent/addresses/own-addresses.ts";

const ours = "203.0.113.9";
const port = 6_881;

function seenBy(own: OwnAddresses, host: string, ...witnesses: string[]): OwnAddresses {
  for (const witness of witnesses) own.seen(host, port, witness);
  return own;
}

test("an address is ours when peers of three networks see it, with our port alone", (t) => {
  const own = seenBy(new OwnAddresses(), ours, "8.0.1.1", "8.0.2.1");
  t.false(own.has(ours, port));
  seenBy(own, ours, "8.0.3.1");
  t.true(own.has(ours, port));
  t.false(own.has(ours, 6_882));
  t.false(own.has("203.0.113.8", port));
});

test("many peers of one network are one witness, and the other family is none", (t) => {
  const own = seenBy(new OwnAddresses(), ours, "8.0.1.1", "8.0.1.2", "8.0.1.3", "8.0.2.1");
  seenBy(own, ours, "2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1");
  t.false(own.has(ours, port));
});

test("peers that lie do not hide an address while as many tell the truth", (t) => {
  const victim = "198.51.100.7";
  const own = seenBy(new OwnAddresses(), ours, "8.0.1.1", "8.0.2.1", "8.0.3.1");
  seenBy(own, victim, "9.0.1.1", "9.0.2.1", "9.0.3.1");
  t.false(own.has(victim, port));
  t.true(own.has(ours, port));
});

test("after a change of address the old one is forgotten, and each family has its own", (t) => {
  const witnesses = ["8.0.1.1", "8.0.2.1", "8.0.3.1"];
  const own = seenBy(new OwnAddresses(), ours, ...witnesses);
  seenBy(own, "2001:db8::9", "2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1");
  seenBy(own, "203.0.113.10", ...witnesses);
  t.false(own.has(ours, port));
  t.true(own.has("203.0.113.10", port));
  t.true(own.has("2001:db8::9", port));
});

test("64 networks are remembered, the latest", (t) => {
  const networks = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `8.${from}.${n}.1`);
  const own = seenBy(new OwnAddresses(), "198.51.100.7", ...networks(1, 64));
  seenBy(own, ours, ...networks(2, 33));
  t.true(own.has(ours, port), "33 of the last 64");
});

test("64 addresses that a dial found to be ours are kept", (t) => {
  const own = new OwnAddresses();
  for (let number = 1; number <= 65; number++) own.met(ours, number);
  t.true(own.has(ours, 64));
  t.false(own.has(ours, 65));
});
