import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { UsageError } from "../../../src/arguments/usage-error.ts";
import { natsOptions } from "../../../src/commands/load-test/nats-options.ts";

const none = { url: undefined, credentialsFile: undefined };
const around = (variables: Record<string, string>, currentFolder = "/here") => ({
  variables,
  currentFolder,
});

test("NATS_URL names the server, and NATS_TOKEN the token", async (t) => {
  const variables = { NATS_URL: "nats://10.0.0.1", NATS_TOKEN: "secret" };
  t.deepEqual(await natsOptions(none, around(variables)), {
    url: "nats://10.0.0.1",
    token: "secret",
  });
});

test("the URL of the command line goes before NATS_URL", async (t) => {
  const words = { ...none, url: "10.0.0.2:4222" };
  t.deepEqual(await natsOptions(words, around({ NATS_URL: "nats://10.0.0.1" })), {
    url: "10.0.0.2:4222",
  });
});

for (const url of ["nats://mine@10.0.0.1", "me:pass@10.0.0.1", "tls://me:pass@10.0.0.1:1"]) {
  test(`the credentials of ${url} go before NATS_TOKEN`, async (t) => {
    const words = { ...none, url };
    t.deepEqual(await natsOptions(words, around({ NATS_TOKEN: "other" })), { url });
  });
}

test("a credentials file goes before NATS_TOKEN", async (t) => {
  const words = { url: "nats://h", credentialsFile: "c.creds" };
  t.deepEqual(await natsOptions(words, around({ NATS_TOKEN: "other" })), words);
});

test("@F reads the URL from a file", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-nats-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "server"), "nats://secret@10.0.0.1\n");
  const words = { ...none, url: "@server" };
  t.deepEqual(await natsOptions(words, around({}, folder)), { url: "nats://secret@10.0.0.1" });
  await t.throwsAsync(natsOptions({ ...none, url: "@missing" }, around({}, folder)), {
    code: "nats-credentials-unreadable",
    message: /missing/,
  });
});

test("a server that is named nowhere is wrong usage", async (t) => {
  const error = { instanceOf: UsageError, message: /--nats URL, or NATS_URL/ };
  await t.throwsAsync(natsOptions(none, around({})), error);
});
