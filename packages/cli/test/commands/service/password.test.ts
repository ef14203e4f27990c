import test from "ava";
import { call, serviceScene } from "../../support/service-calls.ts";

test("without a terminal the service makes a password, which is printed", async (t) => {
  const { service, environment } = serviceScene();
  const { code, out } = await call(environment, "password");
  t.is(code, 0);
  t.is(out, "k3v9t-0m2qe\n");
  t.deepEqual(service.passwords, [undefined]);
});

test("a person types the password twice, and it is shown nowhere", async (t) => {
  const { service, environment } = serviceScene();
  environment.typed = ["my new one", "my new one"];
  const { out, err } = await call(environment, "password");
  t.deepEqual(service.passwords, ["my new one"]);
  t.true(environment.questions.every((question) => question.endsWith("(secret)")));
  t.is(out, "");
  t.is(err, "the password is set\n");
});

test("an empty answer asks the service for a password", async (t) => {
  const { service, environment } = serviceScene();
  environment.typed = [""];
  const { events } = await call(environment, "password", "--json");
  t.deepEqual(events, [{ event: "password", infoHash: null, password: "k3v9t-0m2qe" }]);
  t.deepEqual(service.passwords, [undefined]);
});

test("two different answers change nothing", async (t) => {
  const { service, environment } = serviceScene();
  environment.typed = ["one", "two"];
  const { code, err } = await call(environment, "password");
  t.is(code, 2);
  t.regex(err, /the two passwords differ/);
  t.deepEqual(service.passwords, []);
});

test("a file has the password in its first line", async (t) => {
  const { service, environment } = serviceScene();
  environment.textFiles.set("/here/secret", "of a file\n");
  const { events } = await call(environment, "password", "--password-file", "secret", "--json");
  t.deepEqual(service.passwords, ["of a file"]);
  t.deepEqual(events, [{ event: "password", infoHash: null }]);
  const { code, err } = await call(
    serviceScene().environment,
    "password",
    "--password-file",
    "none",
  );
  t.is(code, 1);
  t.regex(err, /cannot read none: ENOENT \[secret-unreadable\]/);
});
