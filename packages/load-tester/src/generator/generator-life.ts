import type { ShareRun } from "./share-run.ts";

/** The states of a generator: it serves one run. */
export type GeneratorLife =
  | { readonly kind: "idle" }
  /** The plan is drawn, and loads are made. */
  | { readonly kind: "preparing" }
  /** It was refused; nothing follows. */
  | { readonly kind: "refused" }
  /** No connection yet. */
  | { readonly kind: "ready"; readonly run: ShareRun }
  | { readonly kind: "running"; readonly run: ShareRun }
  /** The load is over; answers are awaited. */
  | { readonly kind: "draining"; readonly run: ShareRun }
  /** Connections close. */
  | { readonly kind: "ending" }
  | { readonly kind: "ended" };

/** Inputs of {@link nextLife}. */
export type LifeEvent =
  | { readonly kind: "prepare" }
  | { readonly kind: "prepared"; readonly run: ShareRun }
  | { readonly kind: "refuse" }
  | { readonly kind: "begin" }
  | { readonly kind: "drain" }
  | { readonly kind: "end" }
  | { readonly kind: "closed" };

/** @returns The state after an event; the same one where the event has no meaning. */
export function nextLife(life: GeneratorLife, event: LifeEvent): GeneratorLife {
  switch (event.kind) {
    case "prepare":
      return life.kind === "idle" ? { kind: "preparing" } : life;
    case "prepared":
      return life.kind === "preparing" ? { kind: "ready", run: event.run } : life;
    case "refuse":
      return life.kind === "preparing" ? { kind: "refused" } : life;
    case "begin":
      return life.kind === "ready" ? { kind: "running", run: life.run } : life;
    case "drain":
      return life.kind === "running" ? { kind: "draining", run: life.run } : life;
    case "end":
      return life.kind === "ending" || life.kind === "ended" ? life : { kind: "ending" };
    case "closed":
      return life.kind === "ending" ? { kind: "ended" } : life;
  }
}
