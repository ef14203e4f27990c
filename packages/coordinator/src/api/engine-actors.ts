// The actors of an engine and those that its program runs beside it.

import type { ActorStatus, Ref, Supervisor } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import { actorTree } from "./actor-tree.ts";

/** A tree of the program beside the engine, with one actor. */
interface ProgramTree {
  readonly actor: string;
  readonly root: Supervisor;
}

/** Shows actors, and ends and hangs them for tests. */
export class EngineActors {
  readonly #root: Supervisor;
  readonly #engine: Pick<Ref<ApiProtocol>, "cast">;
  readonly #besides: ProgramTree[] = [];

  constructor(root: Supervisor, engine: Pick<Ref<ApiProtocol>, "cast">) {
    this.#root = root;
    this.#engine = engine;
  }

  /** The tree as it is now, those beside the engine last. */
  async tree(): Promise<ActorStatus> {
    const besides = this.#besides.map(({ root }) => root.status());
    const [tree, ...others] = await Promise.all([actorTree(this.#root), ...besides]);
    return { ...tree, children: [...(tree.children ?? []), ...others] };
  }

  /** Shows a tree of the program beside the engine. */
  addTree(tree: ProgramTree): void {
    this.#besides.push(tree);
  }

  /** Ends a thread as a crash does. @param name Name in `actors()`, or `file` for all file-workers. */
  endActor(name: string): void {
    const root = this.#rootOf(name);
    if (root === undefined) this.#engine.cast("end-actor", { name });
    else root.kill(name);
  }

  /** Runs an endless loop in a thread. @param name Name in `actors()`, except `check`. */
  hangActor(name: string): void {
    const root = this.#rootOf(name);
    if (root === undefined) this.#engine.cast("hang-actor", { name });
    else root.hang(name);
  }

  /** @returns Undefined for an actor that the engine supervises. */
  #rootOf(name: string): Supervisor | undefined {
    if (name === "engine") return this.#root;
    return this.#besides.find(({ actor }) => actor === name)?.root;
  }
}
