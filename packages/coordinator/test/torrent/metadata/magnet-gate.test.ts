import test from "ava";
import { readLink } from "../../../src/torrent/metadata/magnet-gate.ts";

const hash = "c".repeat(40);
const link = (parameters: string): string => `magnet:?xt=urn:btih:${hash}${parameters}`;
const trackers = [
  "http://127.0.0.1:80/a",
  "udp://[::1]:80/a",
  "http://localhost/a",
  "http://192.168.1.5/a",
  "udp://tracker.example:80/a",
];
const trackerLink = link(trackers.map((url) => `&tr=${encodeURIComponent(url)}`).join(""));

test("a link of the user may name trackers of this machine", (t) => {
  t.is(readLink(trackerLink, "file").trackers.length, 5);
  t.deepEqual(readLink(trackerLink, "file").warnings, []);
});

test("a link from the network names no tracker of this machine, and a warning reports it", (t) => {
  const { trackers, warnings } = readLink(trackerLink, "network");
  t.deepEqual(trackers, ["http://192.168.1.5/a", "udp://tracker.example:80/a"]);
  t.deepEqual(warnings, [
    "3 addresses left out: the link names this machine, or a system port of the local network",
  ]);
});

test("the address 0.0.0.0, which leads to this machine, counts as this machine", (t) => {
  const hosts = ["0.0.0.0", "[::]", "[::ffff:0.0.0.0]"];
  const urls = hosts.flatMap((host) => [`http://${host}/a`, `udp://${host}:80/a`]);
  const text = link(urls.map((url) => `&tr=${encodeURIComponent(url)}`).join(""));
  t.deepEqual(readLink(text, "network").trackers, []);
});

test("web seeds follow the rule of trackers", (t) => {
  const text = link("&ws=http%3A%2F%2F127.0.0.1%2Ff&ws=http%3A%2F%2Fseed.example%2Ff");
  t.deepEqual(readLink(text, "network").webSeeds, ["http://seed.example/f"]);
  t.is(readLink(text, "file").webSeeds.length, 2);
});

test("a link from the network names no peer of this machine", (t) => {
  const { peers } = readLink(link("&x.pe=127.0.0.1:6881&x.pe=45.10.0.1:80"), "network");
  t.deepEqual(peers, [{ host: "45.10.0.1", port: 80 }]);
});

test("the name of a link is a safe file name", (t) => {
  t.is(readLink(link("&dn=..%2F..%2Fetc"), "file").name?.includes("/"), false);
  t.is(readLink(hash, "file").name, undefined);
});
