import test from "ava";
import { trackerAddress } from "../../src/trackers/tracker-address.ts";

test("a tracker's URL gives its transport, host and port, or the port of its scheme", (t) => {
  for (const [url, transport, host, port] of [
    ["http://t.example/announce", "http", "t.example", 80],
    ["https://t.example/announce", "http", "t.example", 443],
    ["HTTP://t.example:8080/announce", "http", "t.example", 8_080],
    ["udp://t.example:6969/announce", "udp", "t.example", 6_969],
    ["udp://[2001:db8::1]:80", "udp", "[2001:db8::1]", 80],
    ["udp://t.example", "udp", "t.example", 80],
  ] as const) {
    t.deepEqual(trackerAddress(url), { transport, host, port }, url);
  }
});

test("a URL of another scheme, or no URL, has no tracker's address", (t) => {
  for (const url of ["wss://t.example", "t.example", ""]) t.is(trackerAddress(url), undefined);
});
