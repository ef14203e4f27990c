import test from "ava";
import type { DhtPorts, PublicPort } from "@troupe/messages";
import { EnginePorts } from "../../../src/api/life/engine-ports.ts";

function scene() {
  const changes: (PublicPort | DhtPorts)[] = [];
  const names: string[] = [];
  const ports = new EnginePorts((name, change) => {
    names.push(name);
    changes.push(change);
  });
  return { changes, names, ports };
}

test("AE13: peers connect to the port that we listen on, until a gateway maps it", async (t) => {
  const { changes, ports } = scene();
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  t.deepEqual([ports.listening, ports.public, changes], [6_881, 6_881, []]);
  const mapped = { port: 40_000, listenPort: 6_881, externalAddress: "45.10.1.1" };
  ports.map(mapped);
  t.deepEqual([ports.listening, ports.public, changes], [6_881, 40_000, [mapped]]);
});

test("a new engine has no mapping yet, which is reported", async (t) => {
  const { changes, ports } = scene();
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  ports.map({ port: 40_000, listenPort: 6_881 });
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  t.is(ports.public, 6_881);
  t.deepEqual(ports.candidates([1, 2]), [6_881, 0]);
  t.deepEqual(changes.at(-1), { port: 6_881, listenPort: 6_881 });
});

test("a gateway that answers the new engine at once is believed", async (t) => {
  const { changes, ports } = scene();
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  ports.map({ port: 40_000, listenPort: 6_881 });
  const again = { port: 40_001, listenPort: 6_881 };
  await ports.listen(() => {
    ports.map(again);
    return Promise.resolve({ port: 6_881 });
  });
  t.is(ports.public, 40_001);
  t.deepEqual(changes.slice(1), [again]);
});

test("a refused start keeps no mapping", async (t) => {
  const { ports } = scene();
  const refusal = { refused: "port-in-use", message: "cannot listen for peers" };
  await t.throwsAsync(
    ports.listen(() => Promise.resolve(refusal)),
    { code: "port-in-use" },
  );
  t.is(ports.public, 0);
  t.deepEqual(ports.candidates([6_881, 0]), [6_881, 0]);
});

test("the ports of the DHT node are those of the present engine", async (t) => {
  const { changes, names, ports } = scene();
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  t.deepEqual(ports.dht, {});
  ports.setDht({ ipv4: 6_881 });
  t.deepEqual([ports.dht, names, changes], [{ ipv4: 6_881 }, ["dht"], [{ ipv4: 6_881 }]]);
  await ports.listen(() => Promise.resolve({ port: 6_881 }));
  t.deepEqual(ports.dht, {});
});
