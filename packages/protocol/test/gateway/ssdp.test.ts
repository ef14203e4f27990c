import test from "ava";
import { decodeSsdpReply, encodeSsdpSearch, gatewayTargets } from "../../src/gateway/index.ts";
import { encodeSsdpReply } from "../support/gateway-replies.ts";
import { bytesOf, textOf } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";

const [target = ""] = gatewayTargets;
const location = "http://192.168.1.1:5000/rootDesc.xml";

test("a search names its group and the kind of device", (t) => {
  t.is(
    textOf(encodeSsdpSearch(target)),
    `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ${target}\r\n\r\n`,
  );
});

test("a reply has the URL of the description", (t) => {
  t.is(decodeSsdpReply(encodeSsdpReply(location, target)).location.href, location);
  const loose = bytesOf(`HTTP/1.0 200\nlocation:${location}\nLocation: http://b/\nst:  ${target}`);
  t.is(decodeSsdpReply(loose).location.href, location);
});

test("a reply of SSDP that is cut or changed is refused or read", (t) => {
  survivesDamage(t, encodeSsdpReply(location, target), decodeSsdpReply);
});

for (const [title, bytes] of [
  ["a search", encodeSsdpSearch(target)],
  ["a reply of a printer", encodeSsdpReply(location, "urn:schemas-upnp-org:device:Printer:1")],
  ["a reply with another scheme", encodeSsdpReply("https://192.168.1.1/", target)],
  ["a reply with a user name", encodeSsdpReply("http://a:b@192.168.1.1/", target)],
  ["a reply with a long URL", encodeSsdpReply(`http://a/${"x".repeat(2_048)}`, target)],
  ["a long reply", encodeSsdpReply(location, target.padEnd(5_000))],
  ["an announcement", bytesOf("NOTIFY * HTTP/1.1\r\n\r\n")],
  ["nothing", new Uint8Array(0)],
] as const) {
  test(`as a reply of SSDP, ${title} is refused`, (t) => {
    refuses(t, "datagram-malformed", () => decodeSsdpReply(bytes));
  });
}
