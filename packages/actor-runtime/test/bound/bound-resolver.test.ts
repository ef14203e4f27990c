import test from "ava";
import { BoundResolver } from "../../src/bound/bound-resolver.ts";
import { serversWithin } from "../../src/bound/usable-servers.ts";
import { serversIn } from "../../src/io/network/name-servers.ts";
import { boundBench, serverHost, tunnelHost, tunnelWith } from "./bound-bench.ts";

const families = [4, 6] as const;

test("names are asked over the families of the interface", async (t) => {
  const { watch } = await boundBench("device", [tunnelWith(tunnelHost)]);
  const asked: string[] = [];
  const ask = async (name: string, family: number): Promise<readonly string[]> => {
    asked.push(`${name} ${family}`);
    return [serverHost];
  };
  const resolver = new BoundResolver(watch, { families, openServers: () => ask });
  t.deepEqual((await resolver.resolve("swarm.example")).addresses, [serverHost]);
  t.deepEqual(asked, ["swarm.example 4"]);
});

test("without a name server that may be asked a name fails with dns-not-bound, which names --dns", async (t) => {
  const { watch } = await boundBench();
  const resolver = new BoundResolver(watch, { families, openServers: () => undefined });
  const error = await t.throwsAsync(resolver.resolve("swarm.example"), { code: "dns-not-bound" });
  t.true(error.message.includes("--dns"));
  t.deepEqual((await resolver.resolve(serverHost)).addresses, [serverHost]);
});

test("no name is asked while the interface is down; after its return the servers are chosen again", async (t) => {
  const { has, watch, world } = await boundBench("device", []);
  let opened = 0;
  const openServers = () => {
    opened++;
    return async () => [serverHost];
  };
  const resolver = new BoundResolver(watch, { families, openServers });
  await t.throwsAsync(resolver.resolve("swarm.example"), { code: "interface-down" });
  t.is(opened, 0);
  has(tunnelWith(tunnelHost));
  await world.run(100);
  await resolver.resolve("swarm.example");
  await resolver.resolve("other.example");
  t.is(opened, 1);
});

test("L11: servers of this machine, beyond the interface, and of a family that is off are left out", (t) => {
  const watch = { mayAsk: (host: string) => host !== "127.0.0.53" };
  const servers = serversIn(["127.0.0.53", "192.0.2.53", "[2001:db8::53]:5353"]);
  t.deepEqual(serversWithin(watch, servers, [4, 6]), servers.slice(1));
  t.deepEqual(serversWithin(watch, servers, [4]), servers.slice(1, 2));
});
