import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import test from "ava";

import { nodePorts } from "../../src/io/index.ts";

test("all ports exist, and http is loaded at its first use", async (t) => {
  const ports = nodePorts({ receiveBufferBytes: 1024 });
  t.deepEqual(Object.keys(ports).toSorted(), [
    "clock",
    "compileForSpeed",
    "datagrams",
    "disk",
    "folders",
    "gateways",
    "http",
    "interfaces",
    "modules",
    "names",
    "random",
    "sha1",
    "sockets",
    "timers",
  ]);
  const server = createServer((_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const options = { deadlineMs: 20_000, maxBodyBytes: 10 };
  const replies = await Promise.all([
    ports.http.get(`http://127.0.0.1:${port}/`, options),
    ports.http.get(`http://127.0.0.1:${port}/`, options),
  ]);
  t.deepEqual(
    replies.map(({ status }) => status),
    [200, 200],
  );
  t.is(replies[0]?.remoteHost, "127.0.0.1");
  t.deepEqual(await ports.names.resolve("127.0.0.1"), ["127.0.0.1"]);
  t.true(ports.clock.epochMs() > 1_600_000_000_000);
});
