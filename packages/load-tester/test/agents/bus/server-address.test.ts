import test from "ava";
import { readServerAddress, type NatsOptions } from "../../../src/agents/bus/server-address.ts";

for (const [options, host, port, credentials] of [
  [{ url: "10.0.0.1" }, "10.0.0.1", 4222, { kind: "none" }],
  [{ url: "nats://[::1]:5000" }, "::1", 5000, { kind: "none" }],
  [{ url: "nats://secret@host" }, "host", 4222, { kind: "token", token: "secret" }],
  [
    { url: "tls://me:p%40ss@host:1" },
    "host",
    1,
    { kind: "password", user: "me", password: "p@ss" },
  ],
  [{ url: "host", token: "t" }, "host", 4222, { kind: "token", token: "t" }],
  [
    { url: "host", user: "u", password: "p" },
    "host",
    4222,
    { kind: "password", user: "u", password: "p" },
  ],
  [{ url: "host", credentialsFile: "/c" }, "host", 4222, { kind: "file", path: "/c" }],
] as const satisfies readonly (readonly [NatsOptions, string, number, object])[]) {
  test(`${JSON.stringify(options)} names a server and credentials`, (t) => {
    const hasTls = options.url.startsWith("tls:");
    t.deepEqual(readServerAddress(options), { host, port, hasTls, credentials });
  });
}

for (const url of ["http://host", "nats://", "nats://host:99999", ""]) {
  test(`the URL "${url}" is refused without repeating a secret`, (t) => {
    const error = t.throws(() => readServerAddress({ url }), { code: "nats-url-wrong" });
    t.false(error.message.includes("secret"));
  });
}
