import test from "ava";

import { readRoutes } from "../../../src/io/network/linux-routes.ts";

const addresses = [
  { name: "lo", host: "127.0.0.1", netmask: "255.0.0.0" },
  { name: "eth0", host: "10.0.0.7", netmask: "255.255.255.0" },
  { name: "eth0", host: "192.168.1.9", netmask: "255.255.255.0" },
  { name: "wlan0", host: "172.16.5.5", netmask: "255.240.0.0" },
];

const head =
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const route = (text: string): string => `${text.split(" ").join("\t")}\t0\t0\t0\n`;

test("gateways of default routes come by metric, with our address in their network", (t) => {
  const table = [
    head,
    route("wlan0 00000000 010010AC 0003 0 0 600 00000000"),
    route("eth0 00000000 0101A8C0 0003 0 0 100 00000000"),
    route("eth0 0001A8C0 00000000 0001 0 0 100 00FFFFFF"),
  ].join("");
  t.deepEqual(readRoutes(table, addresses), [
    { host: "192.168.1.1", localHost: "192.168.1.9" },
    { host: "172.16.0.1", localHost: "172.16.5.5" },
  ]);
});

test("a gateway outside of our networks has the first address of its interface", (t) => {
  const table = head + route("eth0 00000000 0100FE0A 0003 0 0 0 00000000");
  t.deepEqual(readRoutes(table, addresses), [{ host: "10.254.0.1", localHost: "10.0.0.7" }]);
});

for (const [title, line] of [
  ["a route without a gateway", "eth0 00000000 00000000 0001 0 0 0 00000000"],
  ["a route that is down", "eth0 00000000 0101A8C0 0002 0 0 0 00000000"],
  ["a route to one network", "eth0 00000008 0101A8C0 0003 0 0 0 000000FF"],
  ["half of the internet", "eth0 00000000 0101A8C0 0003 0 0 0 00000080"],
  ["an interface without an address", "tun0 00000000 0101A8C0 0003 0 0 0 00000000"],
  ["a gateway that is no number", "eth0 00000000 nonsense 0003 0 0 0 00000000"],
  ["a line that is cut", "eth0 00000000"],
] as const) {
  test(`${title} is no gateway`, (t) => {
    t.deepEqual(readRoutes(head + route(line), addresses), []);
  });
}
