import test from "ava";
import { readGatewayServices } from "../../src/gateway/index.ts";
import { gatewayDescription } from "../support/gateway-replies.ts";

const ip1 = "urn:schemas-upnp-org:service:WANIPConnection:1";
const ip2 = "urn:schemas-upnp-org:service:WANIPConnection:2";
const ppp = "urn:schemas-upnp-org:service:WANPPPConnection:1";
const location = new URL("http://192.168.1.1:5000/root/desc.xml");

function urlsOf(services: Parameters<typeof gatewayDescription>[0], urlBase = ""): string[] {
  const bytes = new TextEncoder().encode(gatewayDescription(services, urlBase));
  return readGatewayServices(bytes, location).map(({ controlUrl }) => controlUrl);
}

test("services that map ports are found, the best first", (t) => {
  const bytes = new TextEncoder().encode(
    gatewayDescription([
      ["urn:schemas-upnp-org:service:Layer3Forwarding:1", "/l3"],
      [ppp, "/ppp"],
      [ip1, "ctl/ip"],
      [ip2, "http://192.168.1.1:80/ip2"],
    ]),
  );
  t.deepEqual(readGatewayServices(bytes, location), [
    { type: ip2, controlUrl: "http://192.168.1.1/ip2", choosesPorts: true },
    { type: ip1, controlUrl: "http://192.168.1.1:5000/root/ctl/ip", choosesPorts: false },
    { type: ppp, controlUrl: "http://192.168.1.1:5000/ppp", choosesPorts: false },
  ]);
});

test("a control URL is relative to the base of the document", (t) => {
  t.deepEqual(urlsOf([[ip1, "ip"]], "http://192.168.1.1:81/b/"), ["http://192.168.1.1:81/b/ip"]);
});

test("a service on another host, with another scheme, a user name or a long URL is left out", (t) => {
  for (const url of [
    "http://192.168.1.2/ip",
    "http://127.0.0.1/ip",
    "//[::1]/ip",
    "https://192.168.1.1/ip",
    "http://a@192.168.1.1/ip",
    `/${"x".repeat(2_048)}`,
    "",
    "http://",
  ]) {
    t.deepEqual(urlsOf([[ip1, url]]), [], url);
  }
  t.deepEqual(urlsOf([[ip1, "/ip"]], "http://127.0.0.1/"), []);
});

test("four services are read at most", (t) => {
  t.is(urlsOf(Array.from({ length: 9 }, (_, i) => [ip1, `/${i}`] as const)).length, 4);
});
