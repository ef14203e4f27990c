// The behaviour of every host: the same actors behave the same in threads, inline and in virtual time.

import type { ExecutionContext, TestFn } from "ava";
import { linkCredits, type Host, type SupervisorSpec } from "../../src/index.ts";
import { codeOf } from "../../src/errors.ts";
import type { EchoProtocol } from "../fixtures/echo.messages.ts";
import { keeperEntry } from "../fixtures/keeper.ts";
import type { KeeperProtocol } from "../fixtures/keeper.messages.ts";
import { rejection } from "./rejection.ts";
import { Happenings, openTestRoot, type TestRoot } from "./roots.ts";
import { childSpec, supervisorSpec } from "./specs.ts";

/** A host under test. */
export interface HostUnderTest {
  readonly host: Host;
  /** Waits for a promise: by itself in real time, by moving the clock in virtual time. */
  readonly settle: <T>(promise: Promise<T>) => Promise<T>;
}

type Body = (t: ExecutionContext, root: TestRoot, settle: HostUnderTest["settle"]) => Promise<void>;

/** Declares the suite's tests. `make` is called once for each test. */
export function actorSuite(test: TestFn, hostName: string, make: () => HostUnderTest): void {
  const withTree = (title: string, spec: SupervisorSpec, body: Body) =>
    test(`${hostName}: ${title}`, async (t) => {
      const { host, settle } = make();
      const root = await settle(openTestRoot(host, spec));
      try {
        await body(t, root, settle);
      } finally {
        await settle(root.supervisor.stop());
      }
    });
  const oneEcho = supervisorSpec("tree", [childSpec("echo")]);

  withTree("a call gets its reply", oneEcho, async (t, { supervisor }, settle) => {
    const ref = supervisor.ref<EchoProtocol>("echo");
    const message = {
      text: "ß…",
      none: null,
      missing: undefined,
      list: [1, -1.5, true],
      big: 2n ** 60n,
      bytes: Uint8Array.of(1, 2, 3),
      nested: { deep: [{}] },
    };
    t.deepEqual(await settle(ref.call("echo", message)), message);
    t.is(await settle(ref.call("echo-later", 7)), 7);
  });

  withTree("messages arrive in order", oneEcho, async (t, root, settle) => {
    const ref = root.supervisor.ref<EchoProtocol>("echo");
    const before = ref.call("counted", {});
    for (let casts = 0; casts < 100; casts += 1) ref.cast("count", {});
    const after = ref.call("counted", {});
    t.deepEqual(await settle(Promise.all([before, after])), [0, 100]);
  });

  withTree("bytes arrive as a copy", oneEcho, async (t, { supervisor }, settle) => {
    const pooled = Buffer.from("ab");
    const answer = await settle(supervisor.ref<EchoProtocol>("echo").call("echo", pooled));
    t.deepEqual(answer, Uint8Array.of(0x61, 0x62));
    t.is((answer as Uint8Array).constructor, Uint8Array);
    t.is((answer as Uint8Array).buffer.byteLength, 2);
  });

  withTree(
    "shared memory arrives as the same memory",
    oneEcho,
    async (t, { supervisor }, settle) => {
      const memory = new SharedArrayBuffer(8);
      const ref = supervisor.ref<EchoProtocol>("echo");
      const answer = await settle(ref.call("echo", { twice: [memory, { memory }] }));
      const { twice } = answer as { twice: [SharedArrayBuffer, { memory: SharedArrayBuffer }] };
      new Uint8Array(memory)[3] = 9;
      t.is(new Uint8Array(twice[0])[3], 9);
      t.is(new Uint8Array(twice[1].memory)[3], 9);
    },
  );

  withTree("the owner gets the notices of a child", oneEcho, async (t, root, settle) => {
    root.supervisor.ref<EchoProtocol>("echo").cast("say", { text: "hello" });
    await settle(root.happened.until("echo said hello"));
    t.pass();
  });

  withTree("a log entry reaches the root, as plain data", oneEcho, async (t, root, settle) => {
    root.supervisor.ref<EchoProtocol>("echo").cast("log", { text: "hello" });
    await settle(root.happened.until("echo logged told"));
    const entry = root.log.find(({ event }) => event === "told");
    t.like(entry, { level: "info", actor: { name: "echo", epoch: 1 }, fields: { text: "hello" } });
  });

  withTree("a call without an answer rejects at its deadline", oneEcho, async (t, root, settle) => {
    const call = root.supervisor
      .ref<EchoProtocol>("echo")
      .call("never-answer", {}, { deadlineMs: 20 });
    const error = await settle(rejection(call));
    t.is(error.code, "call-deadline");
    t.is(error.operation, "never-answer");
  });

  withTree(
    "a cast beyond the credits fails, and nothing is lost",
    oneEcho,
    async (t, root, settle) => {
      const ref = root.supervisor.ref<EchoProtocol>("echo");
      for (let casts = 0; casts < linkCredits; casts += 1) ref.cast("count", {});
      t.is(ref.credits, 0);
      t.is(
        t.throws(() => ref.cast("count", {}), { instanceOf: Error })?.message.includes("1024"),
        true,
      );
      t.is((await settle(rejection(ref.call("counted", {})))).code, "mailbox-overflow");
      await settle(new Promise<void>((resolve) => ref.whenRoom(resolve)));
      t.is(await settle(ref.call("counted", {})), linkCredits);
    },
  );

  for (const name of ["fail", "fail-later"] as const) {
    withTree(
      `a call whose handler fails (${name}) rejects with the reason, and the successor answers`,
      oneEcho,
      async (t, root, settle) => {
        const ref = root.supervisor.ref<EchoProtocol>("echo");
        const error = await settle(rejection(ref.call(name, { code: "odd-thing" })));
        t.is(error.code, "odd-thing");
        t.is(error.message, "failed with odd-thing");
        t.deepEqual(error.details, { wanted: "odd-thing" });
        await settle(root.happened.until("started echo/2"));
        t.true(root.happened.texts.includes("crashed echo/1 odd-thing"));
        t.deepEqual(ref.peer, { name: "echo", epoch: 2 });
        t.is(await settle(ref.call("echo", 1)), 1);
      },
    );
  }

  for (const name of ["throw", "throw-in-timer", "fail-by-context"] as const) {
    withTree(
      `an error that leaves the actor (${name}) ends its incarnation`,
      oneEcho,
      async (t, root, settle) => {
        const ref = root.supervisor.ref<EchoProtocol>("echo");
        const pending = rejection(ref.call("never-answer", {}));
        ref.cast(name, { code: "odd-thing" });
        t.is((await settle(pending)).code, "actor-gone");
        await settle(root.happened.until("crashed echo/1 odd-thing"));
        await settle(root.happened.until("ended echo/1"));
        await settle(root.happened.until("started echo/2"));
        t.is(await settle(ref.call("counted", {})), 0);
      },
    );
  }

  withTree("a killed child is replaced, with full credits", oneEcho, async (t, root, settle) => {
    const ref = root.supervisor.ref<EchoProtocol>("echo");
    for (let casts = 0; casts < linkCredits; casts += 1) ref.cast("count", {});
    root.supervisor.kill("echo");
    await settle(root.happened.until("started echo/2"));
    t.is(ref.credits, linkCredits);
    t.is(await settle(ref.call("counted", {})), 0);
    t.true(root.happened.texts.includes("crashed echo/1 actor-killed"));
  });

  const farewell = supervisorSpec("tree", [
    childSpec("first", { options: () => ({ lastWords: "goodbye" }) }),
    childSpec("second", { options: () => ({ lastWords: "goodbye" }) }),
  ]);
  withTree(
    "stop ends all children in reverse order and gets their last messages",
    farewell,
    async (t, root, settle) => {
      await settle(root.supervisor.stop());
      const ends = root.happened.texts.filter((text) => /ended|goodbye/.test(text));
      t.deepEqual(ends, [
        "second said goodbye",
        "ended second/1",
        "first said goodbye",
        "ended first/1",
      ]);
    },
  );

  test(`${hostName}: a child that fails to start fails the whole start, and no child stays`, async (t) => {
    const { host, settle } = make();
    const happened = new Happenings();
    const spec = supervisorSpec("tree", [
      childSpec("good"),
      childSpec("bad", { options: () => ({ failStart: "cannot-open" }) }),
    ]);
    const error = await settle(rejection(openTestRoot(host, spec, happened)));
    t.is(error.code, "start-failed");
    t.is(codeOf(error.cause), "cannot-open");
    t.deepEqual(
      happened.texts.filter((text) => text.startsWith("ended")),
      ["ended bad/1", "ended good/1"],
    );
  });

  withTree("status() has the state of the tree", oneEcho, async (t, root, settle) => {
    root.supervisor.kill("echo");
    await settle(root.happened.until("started echo/2"));
    const status = await settle(root.supervisor.status());
    t.like(status, { name: "tree", kind: "supervisor", state: "running" });
    t.like(status.children?.[0], {
      name: "echo",
      kind: "actor",
      state: "running",
      epoch: 2,
      restarts: 1,
      mailbox: 0,
    });
  });

  const keeper = supervisorSpec("tree", [
    { ...childSpec("keeper", { role: "keeper" }), entry: keeperEntry },
  ]);
  withTree(
    "an actor supervises actors, which exchange messages with it and with each other",
    keeper,
    async (t, root, settle) => {
      const ref = root.supervisor.ref<KeeperProtocol>("keeper");
      t.is(await settle(ref.call("relay", { role: "server", message: "to server" })), "to server");
      t.is(await settle(ref.call("relay", { role: "owner", message: "to owner" })), "to owner");
      t.is(await settle(ref.call("hearsay", { text: "news" })), "server said news");
    },
  );

  withTree(
    "a restarted sibling is linked again, and both ends are notified",
    keeper,
    async (t, root, settle) => {
      const ref = root.supervisor.ref<KeeperProtocol>("keeper");
      await settle(ref.call("restart", { name: "server" }));
      t.is(await settle(ref.call("relay", { role: "server", message: 1 })), 1);
      t.deepEqual(await settle(ref.call("links", { name: "client" })), [
        "+server server/1",
        "+owner keeper/1",
        "-server server/1",
        "+server server/2",
      ]);
      await settle(ref.call("restart", { name: "client" }));
      t.is(await settle(ref.call("relay", { role: "server", message: 2 })), 2);
      t.deepEqual(await settle(ref.call("links", { name: "server" })), [
        "+echo client/1",
        "+owner keeper/1",
        "-echo client/1",
        "+echo client/2",
      ]);
    },
  );

  withTree("when the owner crashes its children end with it", keeper, async (t, root, settle) => {
    await settle(root.supervisor.ref<KeeperProtocol>("keeper").call("status", {}));
    root.supervisor.kill("keeper");
    await settle(root.happened.until("started keeper/2"));
    t.is(
      root.happened.texts.indexOf("ended keeper/1") <
        root.happened.texts.indexOf("started keeper/2"),
      true,
    );
    const status = await settle(root.supervisor.ref<KeeperProtocol>("keeper").call("status", {}));
    t.deepEqual(
      status.children?.map(({ name, epoch }) => [name, epoch]),
      [
        ["server", 1],
        ["client", 1],
      ],
    );
  });
}
