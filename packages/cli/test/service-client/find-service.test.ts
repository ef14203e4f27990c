import test from "ava";
import type { ServiceReach } from "../../src/arguments/service-arguments.ts";
import { failureOf } from "../../src/failure.ts";
import { findService } from "../../src/service-client/find-service.ts";
import type { ServiceTarget } from "../../src/service-client/service-port.ts";
import { FakeEngine } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";

async function find(
  reach: Partial<ServiceReach>,
  variables: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<ServiceTarget | string> {
  const environment = new FakeEnvironment(new FakeEngine());
  environment.variables = { HOME: "/home/me", ...variables };
  for (const [path, text] of Object.entries(files)) environment.textFiles.set(path, text);
  const unnamed = { url: undefined, token: undefined, tokenFile: undefined };
  const noState = { stateDirectory: undefined, namesStateDirectory: false };
  return await findService({ ...unnamed, ...noState, ...reach }, environment).catch(
    (error: unknown) => failureOf(error).code,
  );
}

test("the service is that of the state folder, by its socket", async (t) => {
  t.deepEqual(await find({}), {
    kind: "socket",
    path: "/home/me/.local/state/troupe/service/socket",
    startedBy: "troupe serve",
  });
  t.deepEqual(await find({ stateDirectory: "state" }), {
    kind: "socket",
    path: "/here/state/service/socket",
    startedBy: "troupe serve --state-dir /here/state",
  });
});

test("an option comes before the environment, which comes before the state folder of the settings", async (t) => {
  const variables = { TROUPE_URL: "http://variable:1", TROUPE_TOKEN: "v" };
  t.like(await find({ stateDirectory: "/s" }, variables), {
    base: "http://variable:1",
    token: "v",
  });
  t.like(await find({ url: "http://option:1" }, variables), {
    base: "http://option:1",
    token: "v",
  });
  const named = { stateDirectory: "/s", namesStateDirectory: true };
  t.like(await find(named, variables), { path: "/s/service/socket" });
  t.like(await find({}, { TROUPE_URL: "" }), { kind: "socket" });
});

test("an address keeps its base path, without a slash at the end", async (t) => {
  t.like(await find({ url: "https://host:8443/a/b//" }), { base: "https://host:8443/a/b" });
  t.like(await find({ url: "HTTP://Host/" }), { base: "http://host" });
});

for (const url of [
  "ftp://host",
  "http://me@host",
  "http://host/?a=1",
  "http://host/#a",
  "http://",
  "host:1",
]) {
  test(`the address ${url} is refused`, async (t) => {
    t.is(await find({ url }), "wrong-usage");
  });
}

test("a token comes from the option, the first line of a file, or the environment", async (t) => {
  const url = "http://host";
  const files = { "/here/token": "of-file\nmore\n", "/empty": "\n" };
  t.like(await find({ url, token: "of-option" }), { token: "of-option" });
  t.like(await find({ url, tokenFile: "token" }, { TROUPE_TOKEN: "v" }, files), {
    token: "of-file",
  });
  t.is(await find({ url, tokenFile: "/empty" }, {}, files), "secret-unreadable");
  t.is(await find({ url, tokenFile: "none" }), "secret-unreadable");
  t.like(await find({ url }), { token: undefined });
});

test("a token that no header can have, and one without an address, are refused", async (t) => {
  t.is(await find({ url: "http://host", token: "a\r\nb: c" }), "wrong-usage");
  t.is(await find({ token: "x" }), "wrong-usage");
  t.is(await find({ tokenFile: "x" }), "wrong-usage");
});

test("without a place for a socket there is no service", async (t) => {
  t.is(await find({ stateDirectory: `/${"x".repeat(200)}` }), "no-service");
  t.is(await find({}, { HOME: "" }), "no-service");
});
