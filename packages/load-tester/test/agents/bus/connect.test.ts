import test from "ava";
import { connectToServer } from "../../../src/agents/bus/connect.ts";
import type { NatsConnection, NatsLibrary } from "../../../src/agents/bus/nats-library.ts";
import { readServerAddress, type NatsOptions } from "../../../src/agents/bus/server-address.ts";

interface Case {
  readonly options: NatsOptions;
  readonly address: string;
  readonly needsTls?: boolean;
}

/** @returns What the user is warned of. */
async function warningsOf({ options, address, needsTls = false }: Case): Promise<string[]> {
  const warnings: string[] = [];
  const info = { auth_required: true, tls_required: needsTls };
  const library = {
    connect: async () => ({ info }) as unknown as NatsConnection,
  } as unknown as NatsLibrary;
  await connectToServer({
    library,
    server: readServerAddress(options),
    names: { resolve: async () => [address], resolveAllowed: async () => [address] },
    name: "test",
    warn: (sentence) => warnings.push(sentence),
  });
  return warnings;
}

test("a token in clear text warns at an address that is not loopback, and is not in the warning", async (t) => {
  for (const address of ["10.0.0.1", "203.0.113.7", "fd00::1"]) {
    const [warning, ...others] = await warningsOf({
      options: { url: "nats://secret@host" },
      address,
    });
    t.regex(warning ?? "", /token .* host:4222 crosses the network in clear text: a tls:\/\/ URL/);
    t.false(warning?.includes("secret"));
    t.deepEqual(others, []);
  }
});

test("a password in clear text warns too", async (t) => {
  const [warning] = await warningsOf({ options: { url: "me:secret@host" }, address: "10.0.0.1" });
  t.regex(warning ?? "", /^the password /);
});

for (const [title, one] of [
  ["on loopback", { options: { url: "nats://secret@host" }, address: "127.0.0.1" }],
  ["over TLS", { options: { url: "tls://secret@host" }, address: "10.0.0.1" }],
  [
    "at a server that goes on over TLS",
    { options: { url: "nats://secret@host" }, address: "10.0.0.1", needsTls: true },
  ],
] as const satisfies readonly (readonly [string, Case])[]) {
  test(`a token ${title} warns of nothing`, async (t) => {
    t.deepEqual(await warningsOf(one), []);
  });
}
