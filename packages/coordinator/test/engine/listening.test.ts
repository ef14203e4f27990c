import { ActorError } from "@troupe/actor-runtime";
import test from "ava";
import { listen } from "../../src/engine/listening.ts";
import { makeScene } from "../support/engine-scene.ts";
import { settle } from "../support/manual-time.ts";

/** An engine of several peer-workers that may listen on one port of one address. */
function scene(workers: number) {
  const made = makeScene({ workers });
  Object.assign(made.engine, { port: 0, options: { ports: [6881], bind: ["192.0.2.1"] } });
  const sockets = { listen: () => Promise.resolve({ close: () => Promise.resolve() }) };
  Object.assign(made.engine.context, { sockets });
  for (let worker = 0; worker < workers; worker++) {
    made.ref(worker).answer = () => ({ port: 6881 });
  }
  return made;
}

const dies = (): never => {
  throw new ActorError("actor-gone", { message: "peer-0 is not there" });
};

test("a peer-worker that dies while it is asked to listen is asked again in its successor", async (t) => {
  const { engine, ref, time } = scene(1);
  ref(0).answer = dies;
  const listening = listen(engine);
  await settle();
  ref(0).answer = () => ({ port: 6881 });
  time.advance(200);
  t.deepEqual(await listening, { port: 6881 });
  t.is(engine.port, 6881);
});

test("a peer-worker that does not come back is why nobody can listen", async (t) => {
  const { engine, ref, time } = scene(1);
  ref(0).answer = dies;
  const listening = listen(engine);
  for (let tries = 0; tries < 30; tries++) {
    await settle();
    time.advance(200);
  }
  t.like(await listening, { refused: "port-in-use" });
});

test("a peer-worker that died after it had listened listens in its successor", async (t) => {
  const { engine, ref } = scene(2);
  ref(1).answer = () => {
    ref(0).peer = { name: "peer-0", epoch: 2 };
    return { port: 6881 };
  };
  await listen(engine);
  t.is(ref(0).calls("listen").length, 2);
  t.is(ref(1).calls("listen").length, 1);
});
