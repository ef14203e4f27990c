import test from "ava";

import { nodeInterfaces } from "../../../src/io/network/node-interfaces.ts";

test("the loopback interface is listed with its address, its prefix and as internal", (t) => {
  const addresses = nodeInterfaces.list().flatMap((one) => one.addresses);
  t.deepEqual(
    addresses.find(({ host }) => host === "127.0.0.1"),
    { host: "127.0.0.1", prefixLength: 8, isInternal: true },
  );
});

test("every interface has a name, and every address a prefix", (t) => {
  for (const { name, addresses } of nodeInterfaces.list()) {
    t.not(name, "");
    for (const { host, prefixLength } of addresses) {
      t.false(host.includes("%"), host);
      t.true(prefixLength >= 0 && prefixLength <= (host.includes(":") ? 128 : 32), host);
    }
  }
});

test("the route to an address of this machine begins at loopback; text that is no address has no route", (t) => {
  t.is(nodeInterfaces.sourceTo("127.0.0.5"), "127.0.0.1");
  t.is(nodeInterfaces.sourceTo("name.example"), undefined);
});

test("Linux numbers the loopback interface 1, and no interface that it does not have", (t) => {
  const isLinux = process.platform === "linux";
  t.is(nodeInterfaces.indexOf("lo"), isLinux ? 1 : undefined);
  t.is(nodeInterfaces.indexOf("no-such-device"), undefined);
});
