import test from "ava";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemSentence } from "../../../src/io/system/system-sentence.ts";

test("the sentence for a file error has the system's words, without path and code", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "system-sentence-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  t.is(systemSentence(t.throws(() => mkdirSync(folder))), "file already exists");
});

test("the sentence for a connection error has the system's words", async (t) => {
  const refused = await new Promise<Error>((resolve) => {
    connect({ host: "127.0.0.1", port: 1 }).on("error", resolve);
  });
  t.is(systemSentence(refused), "connection refused");
  t.is(systemSentence(new AggregateError([refused])), "connection refused");
});

test("without a system number the words are taken from the message", (t) => {
  t.is(
    systemSentence(new Error("EROFS: read-only file system, access '/a, b'")),
    "read-only file system",
  );
  t.is(systemSentence(new Error("EIO: i/o error")), "i/o error");
  t.is(systemSentence(new Error("something else")), "something else");
  t.is(systemSentence("text"), "text");
});
