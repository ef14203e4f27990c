import test from "ava";
import { inlineHost, openRoot, type Call, type RootOptions, type Sender } from "../src/index.ts";
import { codeOf } from "../src/errors.ts";
import type { EchoProtocol } from "./fixtures/echo.messages.ts";
import { rejection } from "./support/rejection.ts";
import { childSpec, supervisorSpec } from "./support/specs.ts";

type Options = RootOptions<{ echo: EchoProtocol }>;

const optionsWith = (changes: Partial<Options>): Options => ({
  host: inlineHost(),
  spec: supervisorSpec("tree", [childSpec("echo")]),
  noticeHandlers: { echo: { said: () => {} } },
  failed: () => {},
  ...changes,
});

test("a callback that throws fails the root, and its children end", async (t) => {
  const ended = Promise.withResolvers<unknown>();
  const supervisor = await openRoot(
    optionsWith({
      noticeHandlers: {
        echo: {
          said: () => {
            throw Object.assign(new Error("boom"), { code: "odd-thing" });
          },
        },
      },
      failed: (error) => ended.resolve(error),
    }),
  );
  supervisor.ref<EchoProtocol>("echo").cast("say", { text: "hello" });
  t.is(codeOf(await ended.promise), "odd-thing");
  t.is(supervisor.sender("echo"), undefined);
  await supervisor.stop();
});

test("restarts that are used up fail the root, unless it handles them", async (t) => {
  const spec = supervisorSpec("tree", [childSpec("echo")], { maxRestarts: 0 });
  const failed = Promise.withResolvers<unknown>();
  const deaf = await openRoot(optionsWith({ spec, failed: (error) => failed.resolve(error) }));
  deaf.kill("echo");
  t.is(codeOf(await failed.promise), "restarts-used-up");

  const heard = Promise.withResolvers<unknown>();
  const events = { gaveUp: (_: string, error: unknown) => heard.resolve(error) };
  const hearing = await openRoot(optionsWith({ spec, events, failed: () => t.fail() }));
  hearing.kill("echo");
  t.is(codeOf(await heard.promise), "restarts-used-up");
  await hearing.stop();
});

test("every caller of stop gets its end", async (t) => {
  const supervisor = await openRoot(optionsWith({}));
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  t.is((await rejection(supervisor.ref<EchoProtocol>("echo").call("echo", 1))).code, "actor-gone");
});

test("a child calls the handlers of its root", async (t) => {
  const handlers = {
    echo: async (message: unknown, { name }: Sender): Promise<unknown> => {
      return [name, message];
    },
  };
  type Own = { echo: Call<unknown, unknown> };
  const root = await openRoot<{ echo: EchoProtocol }, Own>({ ...optionsWith({}), handlers });
  const echo = root.ref<EchoProtocol>("echo");
  t.deepEqual(await echo.call("relay", { role: "owner", message: 7 }), ["echo", 7]);
  await root.stop();
});
