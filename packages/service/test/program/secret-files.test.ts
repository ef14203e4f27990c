import { chmodSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { KeptSecrets } from "../../src/program/kept-secrets.ts";
import { SecretFiles } from "../../src/program/secret-files.ts";

test("a folder that others may enter becomes private", (t) => {
  using folder = temporaryFolder("secrets");
  const path = join(folder.path, "service");
  mkdirSync(path);
  chmodSync(path, 0o755);
  t.is(new SecretFiles(folder.path).folder, path);
  t.is(statSync(path).mode & 0o777, 0o700);
});

test("of the writes of one kind that wait, the last is made, and all settle with it", async (t) => {
  using folder = temporaryFolder("secrets");
  const files = new SecretFiles(folder.path);
  const texts = ["first", "second", "third"];
  const saved = texts.map((text) => files.save({ kind: "tokens", text }));
  const other = files.save({ kind: "known-addresses", addresses: ["192.0.2.7"] });
  t.is(saved[0], saved[1]);
  t.is(saved[1], saved[2]);
  await Promise.all([...saved, other]);
  t.is(files.read("tokens"), "third\n");
  t.deepEqual(files.knownAddresses, ["192.0.2.7"]);
  await files.save({ kind: "tokens", text: "fourth" });
  t.is(files.read("tokens"), "fourth\n");
  t.is(readFileSync(join(files.folder, "tokens.json"), "utf8"), "fourth\n");
});

test("tokens that could not be saved still count for the next incarnation, a password does not", async (t) => {
  using folder = temporaryFolder("secrets");
  const files = new SecretFiles(folder.path);
  files.writeRecord("old");
  const kept = new KeptSecrets(files, true);
  for (const name of ["tokens.json.new", "password.new"]) mkdirSync(join(files.folder, name));
  await t.throwsAsync(kept.save({ kind: "tokens", text: "none" }), { code: "EISDIR" });
  await t.throwsAsync(kept.save({ kind: "password", text: "new" }), { code: "EISDIR" });
  t.deepEqual(kept.secrets, { password: "old", tokens: "none", knownAddresses: [] });
  for (const name of ["tokens.json.new", "password.new"]) rmdirSync(join(files.folder, name));
  await kept.save({ kind: "password", text: "new" });
  t.is(kept.secrets?.password, "new");
  t.is(files.readRecord(), "new");
});

test("the key of links is made once, and again where its file holds none", (t) => {
  using folder = temporaryFolder("secrets");
  const files = new SecretFiles(folder.path);
  const key = files.linkKey(seededRandom(1));
  t.regex(key, /^[\w-]{43}$/);
  const path = join(files.folder, "link-key");
  t.is(statSync(path).mode & 0o777, 0o600);
  t.is(new SecretFiles(folder.path).linkKey(seededRandom(2)), key);
  writeFileSync(path, key.slice(0, 20));
  t.not(files.linkKey(seededRandom(3)), key);
});
