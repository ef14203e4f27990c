import test from "ava";
import { anonymousIdentity } from "@troupe/protocol/client-identity";
import { listenPort, localHost, mappingScene } from "../../support/mapping-scene.ts";
import { externalHost, gatewayHost } from "../../support/simulated-gateway.ts";

const both = [`tcp 6881→${localHost}:6881`, `udp 6881→${localHost}:6881`];
const minuteMs = 60_000;

for (const [protocol, speaks] of [
  ["PCP", ["PCP", "NAT-PMP", "UPnP"]],
  ["NAT-PMP", ["NAT-PMP", "UPnP"]],
  ["UPnP", ["UPnP"]],
] as const) {
  test(`D07: ${protocol} maps TCP and UDP, renews at half time, and removes both at the end`, async (t) => {
    const { gateway, world, mapping, changes, logged, failures, start } = await mappingScene({
      speaks,
    });
    await start();
    t.deepEqual(gateway.mappings, both);
    t.deepEqual(changes, [listenPort]);
    t.is(mapping.tcp?.externalHost, externalHost);
    t.is(logged.at(-1), `port-mapped ${protocol}`);
    const maps = (): number =>
      gateway.heard.filter((line) => / map | Add/.test(line) && !line.endsWith(" 0")).length;
    t.is(maps(), 2);
    await world.run(32 * minuteMs);
    t.is(maps(), 4);
    await world.run(180 * minuteMs);
    t.deepEqual(gateway.mappings, both);
    t.is(maps(), 14);
    await world.settle(mapping.close());
    t.deepEqual(gateway.mappings, []);
    t.deepEqual([changes, failures], [[listenPort], []]);
    const { messages } = gateway;
    await world.run(120 * minuteMs);
    t.is(gateway.messages, messages);
  });

  test(`D07: a gateway that restarts gets the mappings of ${protocol} anew within 90 s`, async (t) => {
    const { gateway, world, changes, start } = await mappingScene({ speaks });
    await start();
    await world.run(5 * minuteMs);
    gateway.restart();
    t.deepEqual(gateway.mappings, []);
    await world.run(90_000);
    t.deepEqual(gateway.mappings, both);

    gateway.mood.isOff = true;
    gateway.restart();
    await world.run(7 * minuteMs);
    gateway.mood.isOff = false;
    gateway.restart();
    await world.run(90_000);
    t.deepEqual(gateway.mappings, both);
    t.deepEqual(changes, [listenPort, undefined, listenPort]);
  });

  test(`a gateway that grants another port by ${protocol} has the mapping renewed at that port`, async (t) => {
    const { gateway, world, changes, start } = await mappingScene({
      ...{ speaks, version: 2, taken: [6_881, 6_882] },
    });
    await start();
    t.deepEqual(gateway.mappings, [`tcp 6883→${localHost}:6881`, `udp 6883→${localHost}:6881`]);
    await world.run(90 * minuteMs);
    t.is(gateway.mappings.length, 2);
    t.deepEqual(changes, [6_883]);
  });

  test(`a mapping by ${protocol} is found again after a minute without answers`, async (t) => {
    const { gateway, world, changes, start } = await mappingScene({ speaks: [protocol] });
    await start();
    gateway.mood.isOff = true;
    await world.run(minuteMs);
    gateway.mood.isOff = false;
    await world.run(minuteMs + 20_000);
    t.deepEqual(changes, [listenPort, undefined, listenPort]);
    t.deepEqual(gateway.mappings, both);
  });

  test(`a gateway behind another gateway maps by ${protocol}, and tells no address of the internet`, async (t) => {
    const mood = { speaks: [protocol], externalHost: "192.168.0.2" } as const;
    const { changes, mapping, start } = await mappingScene(mood);
    await start();
    t.deepEqual(changes, [listenPort]);
    t.is(mapping.tcp?.externalHost, undefined);
  });

  test(`a gateway that maps only TCP by ${protocol} maps TCP`, async (t) => {
    const { gateway, changes, logged, start } = await mappingScene({ speaks, refused: ["udp"] });
    await start();
    t.deepEqual(gateway.mappings, both.slice(0, 1));
    t.deepEqual(changes, [listenPort]);
    t.true(logged.includes("udp-not-mapped gateway-refused"));
  });
}

for (const protocol of ["NAT-PMP", "UPnP"] as const) {
  test(`a new address of the gateway is told within 90 s by ${protocol}`, async (t) => {
    const { gateway, world, mapping, changes, start } = await mappingScene({ speaks: [protocol] });
    await start();
    gateway.mood.externalHost = "45.10.1.2";
    await world.run(90_000);
    t.is(mapping.tcp?.externalHost, "45.10.1.2");
    t.deepEqual(changes, [listenPort, listenPort]);
  });
}

test("a gateway that refuses PCP and NAT-PMP is asked by UPnP", async (t) => {
  const refusing = await mappingScene({ refused: ["tcp", "udp"] });
  await refusing.start();
  t.deepEqual(refusing.changes, []);
  const protocols = new Set(refusing.gateway.heard.map((line) => line.split(" ")[0]));
  t.deepEqual([...protocols], ["PCP", "NAT-PMP", "UPnP"]);
});

/** Three packets of PCP, three of NAT-PMP, three searches for each of two versions of UPnP. */
const packetsOfSearch = 12;

test("a gateway that starts after us has our port within a minute", async (t) => {
  const { gateway, world, changes, start } = await mappingScene({ isOff: true });
  await start();
  t.is(gateway.messages, packetsOfSearch);
  gateway.mood.isOff = false;
  await world.run(minuteMs);
  t.deepEqual(gateway.mappings, both);
  t.deepEqual(changes, [listenPort]);
});

test("a silent gateway is asked in each of the first five minutes, then every 15 min, with a bounded number of packets", async (t) => {
  const { gateway, world, logged, changes, start } = await mappingScene({ isOff: true });
  await start();
  t.deepEqual(logged, [
    "not-mapped gateway-silent",
    "not-mapped gateway-silent",
    "not-mapped gateway-silent",
  ]);
  await world.run(6 * minuteMs);
  t.is(gateway.messages, 6 * packetsOfSearch);
  await world.run(14 * minuteMs);
  t.is(gateway.messages, 6 * packetsOfSearch);
  gateway.mood.isOff = false;
  await world.run(2 * minuteMs);
  t.deepEqual(gateway.mappings, both);
  t.deepEqual(changes, [listenPort]);
});

test("nothing is sent without a gateway, from loopback, or from an address that does not lead to it", async (t) => {
  for (const hosts of [["127.0.0.1"], ["127.0.0.1", "::1"], ["10.0.0.9"], ["::"]]) {
    const { gateway, world, mapping, start } = await mappingScene();
    await start(hosts);
    await world.run(60 * minuteMs);
    t.is(gateway.messages, 0, hosts.join());
    await world.settle(mapping.close());
  }
  const lone = await mappingScene();
  lone.machine.gateways = [];
  await lone.start();
  t.is(lone.gateway.messages, 0);
});

test("a new network is searched within a minute", async (t) => {
  const { gateway, machine, world, changes, start } = await mappingScene();
  machine.gateways = [];
  await start([localHost]);
  machine.gateways = [{ host: gatewayHost, localHost }];
  await world.run(minuteMs);
  t.deepEqual(gateway.mappings, both);
  machine.gateways = [{ host: "10.0.0.1", localHost: "10.0.0.9" }];
  await world.run(minuteMs);
  t.deepEqual(changes, [listenPort, undefined]);
  machine.gateways = [{ host: gatewayHost, localHost }];
  await world.run(minuteMs);
  t.deepEqual(changes, [listenPort, undefined, listenPort]);
});

test("an end during the search sends no further question", async (t) => {
  for (const afterMs of [0, 100, 2_000, 4_000]) {
    const { gateway, mapping, world, failures } = await mappingScene({ isOff: true });
    mapping.start(["0.0.0.0"], listenPort);
    await world.run(afterMs);
    const startedMs = world.scheduler.nowMs;
    await world.settle(mapping.close());
    t.true(world.scheduler.nowMs - startedMs <= 1_500);
    gateway.mood.isOff = false;
    await world.run(60 * minuteMs);
    t.deepEqual([gateway.mappings, failures], [[], []]);
  }
});

test("an end while the gateway answers leaves no mapping behind", async (t) => {
  for (const speaks of [["PCP"], ["NAT-PMP"], ["UPnP"]] as const) {
    for (let afterMs = 0; afterMs < 10_000; afterMs += 97) {
      const { gateway, mapping, world } = await mappingScene({ speaks });
      mapping.start(["0.0.0.0"], listenPort);
      await world.run(afterMs);
      await world.settle(mapping.close());
      await world.run(1_000);
      t.deepEqual(gateway.mappings, [], `${speaks.join()} after ${afterMs} ms`);
    }
  }
});

for (const protocol of ["PCP", "NAT-PMP", "UPnP"] as const) {
  test(`a UDP socket of another number is mapped by ${protocol}, and the mapping of a UDP port that was left is removed`, async (t) => {
    const { gateway, world, mapping, changes, udpChanges, start } = await mappingScene({
      speaks: [protocol],
    });
    mapping.setUdpPort(6_882);
    await start();
    const tcp = `tcp 6881→${localHost}:6881`;
    t.deepEqual(gateway.mappings, [tcp, `udp 6882→${localHost}:6882`]);
    t.deepEqual([changes, udpChanges], [[listenPort], [6_882]]);
    mapping.setUdpPort(6_882);
    mapping.setUdpPort(7_000);
    t.is(mapping.udp, undefined);
    await world.run(20_000);
    const moved = [tcp, `udp 7000→${localHost}:7000`];
    t.deepEqual(gateway.mappings, moved);
    await world.run(90 * minuteMs);
    t.deepEqual(gateway.mappings, moved);
    t.deepEqual([changes, udpChanges], [[listenPort], [6_882, 7_000]]);
    await world.settle(mapping.close());
    t.deepEqual(gateway.mappings, []);
  });

  test(`the end during the move of a UDP port leaves no mapping by ${protocol}`, async (t) => {
    for (let afterMs = 0; afterMs < 1_500; afterMs += 25) {
      const { gateway, world, mapping, start } = await mappingScene({ speaks: [protocol] });
      await start();
      mapping.setUdpPort(7_000);
      await world.run(afterMs);
      await world.settle(mapping.close());
      await world.run(1_000);
      t.deepEqual(gateway.mappings, [], `after ${afterMs} ms`);
    }
  });
}

test("the end while mappings are verified leaves none", async (t) => {
  for (const protocol of ["PCP", "NAT-PMP", "UPnP"] as const) {
    for (let afterMs = 0; afterMs < 300; afterMs += 5) {
      const { gateway, world, mapping, start } = await mappingScene({ speaks: [protocol] });
      await start();
      await world.run(minuteMs - (world.scheduler.nowMs % minuteMs) + afterMs);
      await world.settle(mapping.close());
      await world.run(1_000);
      t.deepEqual(gateway.mappings, [], `${protocol} after ${afterMs} ms`);
    }
  }
});

test("a gateway that does not remove the mapping of a UDP port that was left maps the new one", async (t) => {
  const { gateway, world, mapping, udpChanges, start } = await mappingScene({ speaks: ["UPnP"] });
  await start();
  gateway.mood.http = ({ body }) => {
    const isRemoval = body !== undefined && Buffer.from(body).includes("DeletePortMapping");
    return isRemoval ? { status: 500, body: new Uint8Array(0) } : undefined;
  };
  mapping.setUdpPort(7_000);
  await world.run(20_000);
  t.true(gateway.mappings.includes(`udp 7000→${localHost}:7000`));
  t.deepEqual(udpChanges, [listenPort, 7_000]);
});

test("L12: an anonymous engine asks its gateway by NAT-PMP alone, and names no address", async (t) => {
  const sent: Uint8Array[] = [];
  const mood = {
    speaks: ["UPnP"],
    datagram: (request: Uint8Array) => void sent.push(request),
  } as const;
  const options = { identity: anonymousIdentity, portMapping: ["NAT-PMP"] } as const;
  const { gateway, start } = await mappingScene(mood, options);
  await start();
  t.deepEqual(gateway.heard, [], "no search for UPnP");
  t.deepEqual(
    sent.map((request) => [...request]),
    [0, 0, 0].map(() => [0, 0]),
    "questions for the address of the gateway",
  );
});

test("D08: after a return of the network both ports are mapped at once, though the gateway seems the same", async (t) => {
  const { gateway, world, mapping, start } = await mappingScene({ speaks: ["NAT-PMP"] });
  await start();
  gateway.restart();
  t.deepEqual(gateway.mappings, []);
  mapping.networkChanged();
  await world.run(5_000);
  t.deepEqual(gateway.mappings, both);
});

test("a return of the network before the engine listens maps nothing", async (t) => {
  const { gateway, world, mapping } = await mappingScene({ speaks: ["NAT-PMP"] });
  mapping.networkChanged();
  await world.run(5_000);
  t.deepEqual(gateway.heard, []);
});
