import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import test from "ava";

import { numericHost } from "../../../src/io/network/address.ts";
import { NodeHttp } from "../../../src/io/http/node-http.ts";
import { Resolver } from "../../../src/io/network/resolver.ts";
import { httpFamilySuite } from "../support/http-family-suite.ts";

const settle = <Value>(promise: Promise<Value>): Promise<Value> => promise;

httpFamilySuite(test, async (t) => {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.url === "/away") {
      response.writeHead(302, { location: `http://four.example:${port}/` }).end();
    } else {
      response.end(numericHost(request.socket.localAddress ?? "") === "::1" ? "IPv6" : "IPv4");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "::", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const hosts = new Map([
    ["both.example", ["127.0.0.1", "::1"]],
    ["four.example", ["127.0.0.1"]],
  ]);
  const { port } = server.address() as AddressInfo;
  return {
    http: new NodeHttp({ resolver: new Resolver({ readHosts: () => hosts }) }),
    urlOf: (families) => `http://${families}.example:${port}`,
    settle,
  };
});
