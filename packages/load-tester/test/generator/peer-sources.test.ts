import type { Ports } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import test from "ava";
import { peerSources } from "../../src/generator/peer-sources.ts";

const world = new SimulatedWorld({ seed: 1 });
const machine = world.machine({ addresses: ["10.0.0.1", "10.77.0.1"] });
const bare = world.machine({ addresses: ["10.0.0.2"] });

interface Case {
  readonly ports?: Ports;
  readonly sources?: string;
  readonly isNamed?: boolean;
  readonly host?: string;
  readonly url?: string;
}

async function sourcesOf({
  ports,
  sources = "10.77.0.0/16",
  isNamed = true,
  host = "127.0.0.1",
  url,
}: Case) {
  const parts = {
    ports: ports ?? machine.ports("test"),
    sources,
    isNamed,
    target: { name: "client", host, url },
  };
  const { sourceOf, remark } = await world.settle(peerSources(parts));
  return [sourceOf(0), remark] as const;
}

test.serial(
  "peers dial a target of this machine from the default addresses, if one can be bound",
  async (t) => {
    t.deepEqual(await sourcesOf({}), ["10.77.0.1", undefined]);
    t.deepEqual(await sourcesOf({ url: "udp://127.0.0.1:6969", host: "" }), [
      "10.77.0.1",
      undefined,
    ]);
    const [none, remark = ""] = await sourcesOf({ ports: bare.ports("test") });
    t.is(none, undefined);
    t.regex(remark, /ip route add local 10\.77\.0\.0\/16 dev lo/);
  },
);

test.serial("addresses that the file does not name are missing without a word", async (t) => {
  const unnamed = { ports: bare.ports("test"), isNamed: false };
  t.deepEqual(await sourcesOf(unnamed), [undefined, undefined]);
  t.deepEqual(await sourcesOf({ host: "192.168.1.9", isNamed: false }), [undefined, undefined]);
});

test.serial("peers dial another machine from the system's choice", async (t) => {
  const [none, remark = ""] = await sourcesOf({ host: "192.168.1.9" });
  t.is(none, undefined);
  t.is(
    remark,
    "peers dial client from addresses that the system chooses, not from 10.77.0.0/16: the target is not on this machine",
  );
});

test.serial("addresses of the scenario that cannot be bound are refused", async (t) => {
  t.deepEqual(await sourcesOf({ sources: "10.0.0.0/30", host: "192.168.1.9" }), [
    "10.0.0.1",
    undefined,
  ]);
  await t.throwsAsync(sourcesOf({ sources: "10.99.0.0/24" }), { code: "sources-not-bindable" });
  await t.throwsAsync(sourcesOf({ sources: "10.0.0.0/30", host: "::1" }), {
    message: /address of the other family/,
  });
});

test.serial("the sources `system` leave the choice to the system", async (t) => {
  t.deepEqual(await sourcesOf({ sources: "system" }), [undefined, undefined]);
});
