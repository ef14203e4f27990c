// Two toy actors that use every part of their contexts, and a program that runs them: for tests of determinism.

import type { Actor, Call, Cast, Notice } from "../../../src/contract.ts";
import type { Context } from "../../../src/context.ts";
import { openRoot } from "../../../src/index.ts";
import type { AnyActor, ChildSpec, Host, Supervisor } from "../../../src/index.ts";
import { SimulatedWorld, type SimulatedWorldOptions } from "../../../src/simulated/index.ts";

const pongAddress = { host: "10.0.0.2", port: 6881 };

/** The messages of pong. */
export type PongProtocol = {
  readonly fail: Cast<object>;
  readonly "served-bytes": Call<object, number>;
};

/** The messages of ping. */
export type PingProtocol = {
  readonly ping: Cast<{ readonly bytes: number }>;
  readonly answered: Notice<{ readonly bytes: number; readonly reason: string }>;
};

interface PongState {
  servedBytes: number;
}

/** Sends back what it hears and keeps a count on its disk. */
const pongActor: Actor<PongProtocol, object, PongState> = {
  name: "pong",
  async start({ sockets, disk }) {
    const state: PongState = { servedBytes: 0 };
    disk.makeFolder("/state");
    await sockets.listen({ ...pongAddress, host: "0.0.0.0" }, () => ({
      bytes(stream, chunk) {
        state.servedBytes += chunk.byteLength;
        stream.write(chunk.slice());
        disk.writeFileAtomically("/state/served", Uint8Array.of(state.servedBytes & 255));
      },
      closed() {},
    }));
    return state;
  },
  stop() {},
  handlers: {
    fail() {
      throw new Error("told to fail");
    },
    "served-bytes": ({ servedBytes }) => servedBytes,
  },
};

/** Dials pong and tells its owner what came back. */
const pingActor: Actor<PingProtocol, object, Context<PingProtocol>> = {
  name: "ping",
  start: (context) => context,
  stop() {},
  handlers: {
    ping: (context, { bytes }) => {
      const message = context.random.bytes(bytes);
      let answeredBytes = 0;
      const options = { timeoutMs: 1000 };
      const handlers = {
        opened: () => stream.write(message),
        bytes(_stream: unknown, chunk: Uint8Array) {
          answeredBytes += chunk.byteLength;
          if (answeredBytes === bytes) stream.end();
        },
        closed(_stream: unknown, reason = "in order") {
          context.emit("answered", { bytes: answeredBytes, reason });
        },
      };
      const stream = context.sockets.dial(pongAddress, handlers, options);
    },
  },
};

function entryOf(actor: AnyActor): ChildSpec["entry"] {
  const url = new URL(`${actor.name}.worker.ts`, import.meta.url);
  return { name: actor.name, url, load: () => Promise.resolve(actor) };
}

/** The program's world and what came of it. */
export interface PingPong {
  readonly world: SimulatedWorld;
  readonly answers: readonly string[];
  readonly servedBytes: number;
}

/** Pings before, while and after pong is restarted. */
export async function playPingPong(options: SimulatedWorldOptions): Promise<PingPong> {
  const world = new SimulatedWorld(options);
  const [left, right] = ["10.0.0.1", "10.0.0.2"].map((address) =>
    world.machine({ addresses: [address] }),
  );
  if (left === undefined || right === undefined) throw new Error("bug: two machines were made");
  const answers: string[] = [];
  const pong = await world.settle(rootOf(right.host, entryOf(pongActor), () => {}));
  const ping = await world.settle(
    rootOf(left.host, entryOf(pingActor), ({ bytes, reason }) =>
      answers.push(`${bytes} ${reason}`),
    ),
  );
  const pings = ping.ref<PingProtocol>("ping");
  pings.cast("ping", { bytes: 20_000 });
  await world.runUntil(() => answers.length === 1);
  pings.cast("ping", { bytes: 900_000 });
  await world.run(70);
  pong.ref<PongProtocol>("pong").cast("fail", {});
  await world.runUntil(() => answers.length === 2);
  await world.run(1000);
  pings.cast("ping", { bytes: 5000 });
  await world.runUntil(() => answers.length === 3);
  const servedBytes = await world.settle(pong.ref<PongProtocol>("pong").call("served-bytes", {}));
  await world.settle(Promise.all([ping.stop(), pong.stop()]));
  return { world, answers, servedBytes };
}

function rootOf(
  host: Host,
  entry: ChildSpec["entry"],
  answered: (message: { bytes: number; reason: string }) => void,
): Promise<Supervisor> {
  return openRoot<{ child: Pick<PingProtocol, "answered"> }>({
    host,
    noticeHandlers: { child: { answered } },
    failed: (error) => {
      throw error;
    },
    spec: {
      kind: "supervisor",
      name: "tree",
      maxRestarts: 3,
      withinMs: 10_000,
      children: [
        {
          kind: "actor",
          name: entry.name,
          entry,
          options: () => ({}),
          restart: "permanent",
          shutdownMs: 1000,
          role: "child",
        },
      ],
    },
  });
}
