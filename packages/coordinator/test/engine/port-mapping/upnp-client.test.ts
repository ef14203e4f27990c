import test from "ava";
import { gatewayTargets } from "@troupe/protocol/gateway";
import { encodeSsdpReply, gatewayDescription } from "@troupe/protocol/testing";
import { listenPort, localHost, mappingScene } from "../../support/mapping-scene.ts";
import { gatewayHost, type GatewayMood } from "../../support/simulated-gateway.ts";

const upnp = { speaks: ["UPnP"] } as const;
const minuteMs = 60_000;

async function callsOf(mood: Partial<GatewayMood>) {
  const scene = await mappingScene({ ...upnp, ...mood });
  await scene.start();
  const calls = scene.gateway.heard.filter((line) => / Add\w*Mapping tcp/.test(line));
  return { ...scene, calls };
}

test("a gateway that takes only permanent leases gets them, and loses them at the end", async (t) => {
  const { calls, gateway, world, mapping } = await callsOf({ onlyPermanent: true });
  t.deepEqual(calls, ["UPnP AddPortMapping tcp 6881 3600", "UPnP AddPortMapping tcp 6881 0"]);
  await world.run(180 * minuteMs);
  t.is(gateway.mappings.length, 2);
  await world.settle(mapping.close());
  t.deepEqual(gateway.mappings, []);
});

test("a port that is taken is replaced by another one, five times at most", async (t) => {
  const one = await callsOf({ taken: [listenPort] });
  t.is(one.calls.length, 2);
  t.is(one.mapping.tcp?.externalPort, one.changes[0]);
  t.not(one.changes[0], listenPort);
  const all = Array.from({ length: 65_536 }, (_, port) => port);
  const { calls, changes } = await callsOf({ taken: all });
  t.is(calls.length, 6);
  t.is(new Set(calls).size, 6);
  t.deepEqual(changes, []);
});

test("a gateway of version 2 chooses another port itself", async (t) => {
  const { calls, changes } = await callsOf({ version: 2, taken: [listenPort] });
  t.deepEqual(calls, ["UPnP AddAnyPortMapping tcp 6881 3600"]);
  t.deepEqual(changes, [6_882]);
});

test("a mapping that another machine has taken over is made anew", async (t) => {
  const { gateway, world, start } = await mappingScene(upnp);
  await start();
  const other = { NewInternalClient: "192.168.1.50" };
  const lines = gateway.heard.length;
  gateway.mood.http = ({ body }) =>
    body !== undefined && new TextDecoder().decode(body).includes("GetSpecific")
      ? { body: soap(other) }
      : undefined;
  await world.run(minuteMs);
  t.true(gateway.heard.slice(lines).some((line) => line.includes("AddPortMapping tcp 6881")));
});

test("a gateway that does not know the question is believed until the renewal", async (t) => {
  const { gateway, world, start, changes } = await mappingScene(upnp);
  gateway.mood.http = ({ body }) =>
    body !== undefined && new TextDecoder().decode(body).includes("GetSpecific")
      ? { status: 401 }
      : undefined;
  await start();
  const maps = (): number => gateway.heard.filter((line) => line.includes("AddPort")).length;
  await world.run(20 * minuteMs);
  t.is(maps(), 2);
  await world.run(15 * minuteMs);
  t.is(maps(), 4);
  t.deepEqual(changes, [listenPort]);
});

test("of several lines of a gateway the first that maps the port is used", async (t) => {
  const service = "urn:schemas-upnp-org:service:WANIPConnection:1";
  const { gateway, changes, start } = await mappingScene({
    ...upnp,
    http: ({ url, body }) => {
      if (body === undefined) {
        return {
          body: gatewayDescription([
            [service, "/dead"],
            [service, "/control"],
          ]),
        };
      }
      return url.pathname === "/dead" ? { status: 500 } : undefined;
    },
  });
  await start();
  t.deepEqual(changes, [listenPort]);
  t.is(gateway.mappings.length, 2);
});

test("a reply of another machine, and a location on one, are not looked at", async (t) => {
  const { gateway, world, changes, start } = await mappingScene({
    ...upnp,
    ssdp: (send) => {
      for (const host of ["192.168.1.2", "127.0.0.1", "gateway.lan", localHost]) {
        send(encodeSsdpReply(`http://${host}:5000/desc.xml`, gatewayTargets[0] ?? ""));
      }
    },
  });
  const asked: string[] = [];
  for (const host of ["192.168.1.2", "127.0.0.1", "gateway.lan", localHost]) {
    world.http.serve(`http://${host}:5000`, ({ url }) => {
      asked.push(url.href);
      return {};
    });
  }
  const { datagrams } = world.machine({ addresses: ["192.168.1.66"] }).ports("neighbour");
  const neighbour = await datagrams.bind(
    { host: "0.0.0.0", port: 1_900, group: { host: "239.255.255.250" } },
    {
      received: (_, from) => {
        const location = `http://${gatewayHost}:5000/desc.xml`;
        neighbour.send(encodeSsdpReply(location, gatewayTargets[0] ?? ""), from);
      },
    },
  );
  await start();
  t.deepEqual([changes, asked], [[], []]);
  t.is(gateway.mappings.length, 0);
});

function soap(values: Readonly<Record<string, string>>): string {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<a><GetSpecificPortMappingEntryResponse>${fields.join("")}</GetSpecificPortMappingEntryResponse></a>`;
}
