import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import test from "ava";
import { askPerson } from "../src/terminal-question.ts";

async function ask(typed: string, isSecret: boolean) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const answer = askPerson({ input, output }, "which? ", { isSecret, signal });
  input.end(typed);
  const given = await answer;
  output.end();
  return { answer: given, shown: await text(output) };
}

test("the first line is the answer", async (t) => {
  t.deepEqual(await ask("yes\nno\n", false), { answer: "yes", shown: "which? " });
});

test("a secret is not shown, and backspace takes a letter back", async (t) => {
  const { answer, shown } = await ask("secreX\u007ft\r", true);
  t.is(answer, "secret");
  t.is(shown, "which? \n");
});

test("the end of input is no answer", async (t) => {
  t.is((await ask("", false)).answer, undefined);
});

test("a stop ends the question with its reason", async (t) => {
  const stop = new AbortController();
  const terminal = { input: new PassThrough(), output: new PassThrough() };
  const options = { isSecret: true, signal: stop.signal };
  const answer = askPerson(terminal, "which? ", options);
  stop.abort(new Error("stopped"));
  await t.throwsAsync(answer, { message: "stopped" });
  await t.throwsAsync(askPerson(terminal, "which? ", options), { message: "stopped" });
});
