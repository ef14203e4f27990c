import test from "ava";
import fc from "fast-check";
import { checkHost, parseHost, parseHostNames } from "../../src/guard/host-rule.ts";
import { allowed, refused } from "../support/refused.ts";

const names = allowed(parseHostNames(["Seedbox.example"]));
const rule = { machineName: "Attic", names };

test("IP addresses, localhost, the machine's name and names of the user are allowed", (t) => {
  for (const [field, name, port] of [
    ["192.0.2.7", "192.0.2.7", undefined],
    ["192.0.2.7:9090", "192.0.2.7", 9_090],
    ["[2001:DB8:0::7]:9090", "2001:db8::7", 9_090],
    ["[::1]", "::1", undefined],
    ["localhost:80", "localhost", 80],
    ["LOCALHOST.", "localhost", undefined],
    ["attic", "attic", undefined],
    ["attic.local:9090", "attic.local", 9_090],
    ["seedbox.example", "seedbox.example", undefined],
    ["SEEDBOX.EXAMPLE.:443", "seedbox.example", 443],
  ] as const)
    t.deepEqual(allowed(checkHost(field, rule, false)), { name, port });
});

test("a machine whose name ends with .local is known without it, too", (t) => {
  const local = { machineName: "attic.local", names: [] };
  for (const field of ["attic", "attic.local"]) allowed(checkHost(field, local, false));
  const nameless = { machineName: "", names: [] };
  refused(t, checkHost(".local", nameless, false), "host-not-allowed", 421);
});

test("another name is refused with the line to add", (t) => {
  for (const field of ["evil.example", "attic.evil.example", "attic.lan", "seedbox.example.org"]) {
    const { message } = refused(t, checkHost(field, rule, false), "host-not-allowed", 421);
    t.true(message.endsWith(`add --host ${field}`), message);
  }
});

test("a field that is no host is refused without advice", (t) => {
  for (const field of [
    undefined,
    "",
    ".",
    ":80",
    "localhost:",
    "localhost:0",
    "localhost:65536",
    "localhost:80:80",
    "localhost@evil.example",
    "localhost/",
    "localhost, evil.example",
    " localhost",
    "[::1",
    "[127.0.0.1]",
    "[fe80::1%25eth0]",
    "::1",
    "localhost\0",
    "x".repeat(301),
  ]) {
    const { message } = refused(t, checkHost(field, rule, false), "host-not-allowed", 421);
    t.false(message.includes("add --host"), message);
  }
});

test("an address in another spelling is a name", (t) => {
  for (const field of ["127.1", "0x7f.0.0.1", "2130706433", "010.0.0.1"])
    refused(t, checkHost(field, rule, false), "host-not-allowed", 421);
});

test("every host is allowed by the socket", (t) => {
  for (const field of [undefined, "", "a b"])
    t.deepEqual(checkHost(field, rule, true), { name: "localhost", port: undefined });
  t.deepEqual(checkHost("evil.example:1", rule, true), { name: "evil.example", port: 1 });
});

test("a host and its port are read again from how they are written", (t) => {
  const names = fc.oneof(fc.domain(), fc.ipV4());
  const ports = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
  fc.assert(
    fc.property(names, ports, (name, port) => {
      const text = port === undefined ? name : `${name}:${port}`;
      t.deepEqual(parseHost(text), { name: name.toLowerCase(), port });
    }),
  );
});

test("no text but an allowed name passes", (t) => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("", ":80", ".", "@", "/"), (text, end) => {
      const result = checkHost(`${text}${end}attic`, rule, false);
      t.is("refused" in result, text !== "" || end !== "");
    }),
  );
});

test("values of --host are read as a field Host is", (t) => {
  const values = ["Seedbox.example.", "nas:9090", "[2001:DB8::1]", "192.0.2.7"];
  const read = allowed(parseHostNames(values));
  t.deepEqual(read, ["seedbox.example", "nas", "2001:db8::1", "192.0.2.7"]);
  for (const field of ["seedbox.example", "SEEDBOX.EXAMPLE.:80", "nas"])
    allowed(checkHost(field, { machineName: "", names: read }, false));
});

test("a value of --host that is no host is refused", (t) => {
  for (const value of ["", ".", "https://seedbox.example", "*.example", "a b", "nas:0"]) {
    const { message } = refused(t, parseHostNames(["nas", value]), "host-name-malformed", 400);
    t.true(message.includes(JSON.stringify(value)), message);
  }
});
