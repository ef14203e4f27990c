import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { readTrackerList, trackersIn } from "../../../src/api/tracker-list/read-tracker-list.ts";

const { http } = nodePorts();

const { signal } = new AbortController();

test("L03: a list has a URL a line; blank lines and remarks are none, other lines are counted", (t) => {
  const text =
    "# mine\r\n\r\nudp://a.example:80/announce\r\n  https://b.example/x  \nudp://a.example:80/announce\nwss://c.example\nnonsense\nhttp://\n";
  t.deepEqual(trackersIn(text), {
    trackers: ["udp://a.example:80/announce", "https://b.example/x"],
    skippedLines: 3,
  });
  t.deepEqual(trackersIn(""), { trackers: [], skippedLines: 0 });
});

test("L03: trackers beyond 200, and those with long addresses, are left out", (t) => {
  const lines = Array.from({ length: 250 }, (_, index) => `udp://t${index}.example:1`);
  const { trackers, skippedLines } = trackersIn(lines.join("\n"));
  t.is(trackers.length, 200);
  t.is(skippedLines, 50);
  t.deepEqual(trackersIn(`http://a/${"x".repeat(2_048)}`).trackers, []);
});

test("L03: a list is read from a file, and from a web server", async (t) => {
  using folder = temporaryFolder("tracker-list");
  const path = join(folder.path, "list.txt");
  writeFileSync(path, "udp://a.example:1\n");
  t.deepEqual((await readTrackerList(path, http, signal)).trackers, ["udp://a.example:1"]);
  const server = createServer((request, response) => {
    if (request.url === "/list") response.end("udp://b.example:2\n");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const at = (name: string) => readTrackerList(`http://127.0.0.1:${port}/${name}`, http, signal);
    t.deepEqual((await at("list")).trackers, ["udp://b.example:2"]);
    await t.throwsAsync(at("other"), { code: "tracker-list-unreadable", message: /status 404/ });
  } finally {
    server.close();
  }
});

test("L03: what is no readable file of 1 MiB is refused with a sentence", async (t) => {
  using folder = temporaryFolder("tracker-list");
  mkdirSync(join(folder.path, "folder"));
  writeFileSync(join(folder.path, "large"), new Uint8Array(2 ** 20 + 1));
  for (const name of ["absent", "folder", "large"]) {
    const reading = readTrackerList(join(folder.path, name), http, signal);
    await t.throwsAsync(reading, { code: "tracker-list-unreadable" }, name);
  }
});
