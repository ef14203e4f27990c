import test from "ava";

import { SimulatedWorld } from "../../../src/simulated/simulated-world.ts";

test("a machine has one interface with all its addresses, until they change", (t) => {
  const world = new SimulatedWorld({ seed: "interfaces" });
  const machine = world.machine({ addresses: ["10.0.0.1", "2001:db8::1"] });
  const { interfaces } = machine.ports("test");
  t.deepEqual(interfaces.list(), [
    {
      name: "eth0",
      addresses: [
        { host: "10.0.0.1", prefixLength: 24, isInternal: false },
        { host: "2001:db8::1", prefixLength: 64, isInternal: false },
      ],
    },
  ]);
  machine.interfaces.set([]);
  t.deepEqual(interfaces.list(), []);
});
