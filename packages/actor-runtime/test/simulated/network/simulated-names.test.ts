import test from "ava";

import { SimulatedWorld } from "../../../src/simulated/index.ts";
import { namesSuite } from "../../io/support/names-suite.ts";

const limits = { deadlineMs: 5000, maxBodyBytes: 100 };

function worldWithMachine() {
  const world = new SimulatedWorld({ seed: "names" });
  const { names, http } = world.machine({ addresses: ["10.0.0.1"] }).ports("script");
  return { world, names, http };
}

test("a name resolves to its latest addresses, after a while", async (t) => {
  const { world, names } = worldWithMachine();
  world.names.set("Peer.example", "8.0.0.1");
  world.names.set("peer.example", "8.0.0.2", "2001:db8::2");
  t.deepEqual(await world.settle(names.resolve("PEER.example")), ["8.0.0.2", "2001:db8::2"]);
  t.true(world.scheduler.nowMs >= 5 && world.scheduler.nowMs <= 10);
});

namesSuite(test, (addresses) => {
  const { world, names } = worldWithMachine();
  for (const [name, hosts] of Object.entries(addresses)) world.names.set(name, ...hosts);
  return { names, settle: (promise) => world.settle(promise) };
});

test("an HTTP answer has the address of its host, if the host has one", async (t) => {
  const { world, http } = worldWithMachine();
  world.names.set("a.example", "8.0.0.1");
  for (const url of ["http://a.example", "http://[2001:db8::1]:80", "http://b.example"]) {
    world.http.serve(url, () => ({}));
  }
  const remoteHost = async (url: string) => (await world.settle(http.get(url, limits))).remoteHost;
  t.is(await remoteHost("http://a.example/"), "8.0.0.1");
  t.is(await remoteHost("http://[2001:db8::1]/"), "2001:db8::1");
  t.is(await remoteHost("http://b.example/"), undefined);
});
