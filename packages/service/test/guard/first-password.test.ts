import { seededRandom } from "@troupe/actor-runtime/testing";
import test from "ava";
import {
  makeFirstPassword,
  startPassword,
  type PasswordFiles,
} from "../../src/guard/first-password.ts";
import { verifyPassword } from "../../src/guard/password-store.ts";
import { allowed, refused } from "../support/refused.ts";
import { quickScrypt } from "../support/secrets.ts";

class FakeFiles implements PasswordFiles {
  record: string | undefined;
  first: string | undefined;
  /** Calls that write, in their order. */
  readonly calls: string[] = [];

  readRecord(): string | undefined {
    return this.record;
  }

  writeRecord(text: string): void {
    this.calls.push("record");
    this.record = text;
  }

  writeFirst(password: string): void {
    this.calls.push("first");
    this.first = password;
  }

  removeFirst(): void {
    this.calls.push("remove");
    this.first = undefined;
  }
}

const { scrypt } = quickScrypt();

function startWith(files: PasswordFiles, hasTerminal: boolean, configured?: string) {
  const start = { files, random: seededRandom(7), scrypt, hasTerminal };
  return startPassword(configured === undefined ? start : { ...start, configured });
}

test("the first password has 128 bits in 26 letters that are not taken for others", (t) => {
  const random = seededRandom(1);
  const texts = Array.from({ length: 200 }, () => makeFirstPassword(random));
  for (const text of texts)
    t.regex(
      text,
      /^[0-7][0-9a-hjkmnp-tv-z]{4}(?:-[0-9a-hjkmnp-tv-z]{5}){3}-[0-9a-hjkmnp-tv-z]{6}$/,
    );
  t.is(new Set(texts).size, texts.length);
  const ends = [0x00, 0xff].map((byte) =>
    makeFirstPassword({ bytes: (length) => new Uint8Array(length).fill(byte) }),
  );
  t.deepEqual(ends, ["00000-00000-00000-00000-000000", "7zzzz-zzzzz-zzzzz-zzzzz-zzzzzz"]);
});

test("a terminal shows the first password, and no file has it", async (t) => {
  const files = new FakeFiles();
  const { record, shown = "" } = allowed(await startWith(files, true));
  t.true(await verifyPassword(shown, record, scrypt));
  t.is(files.first, undefined);
  t.deepEqual(files.calls, ["record"]);
});

test("without a terminal a file has the first password before the record is there", async (t) => {
  const files = new FakeFiles();
  const { record, shown } = allowed(await startWith(files, false));
  t.is(shown, undefined);
  t.true(await verifyPassword(files.first ?? "", record, scrypt));
  t.deepEqual(files.calls, ["first", "record"]);
});

test("a later start has the saved password and shows nothing", async (t) => {
  const files = new FakeFiles();
  const before = allowed(await startWith(files, false));
  const after = allowed(await startWith(files, true));
  t.deepEqual(after, { record: before.record });
  t.deepEqual(files.calls, ["first", "record"]);
});

test("a malformed record is refused, not replaced", async (t) => {
  const files = new FakeFiles();
  files.record = "scrypt$1$1$1$a$b";
  refused(t, await startWith(files, true), "password-record-malformed", 500);
  t.deepEqual(files.calls, []);
});

test("a configured password is saved once, and removes the file of the first one", async (t) => {
  const files = new FakeFiles();
  await startWith(files, false);
  const { record } = allowed(await startWith(files, false, "configured"));
  t.true(await verifyPassword("configured", record, scrypt));
  t.deepEqual(files.calls, ["first", "record", "record", "remove"]);
  const again = allowed(await startWith(files, false, "configured"));
  t.deepEqual(again.record, record);
  t.is(files.calls.length, 4);
});

test("a configured password replaces a malformed record, and is refused when it is short", async (t) => {
  const files = new FakeFiles();
  files.record = "nonsense";
  refused(t, await startWith(files, false, "short"), "password-not-allowed", 400);
  const { record } = allowed(await startWith(files, false, "configured"));
  t.true(await verifyPassword("configured", record, scrypt));
});
