import type { LinkPlan } from "../links/link.ts";
import { EntryKind, type Entry, type Frame, type Wire } from "../links/wire.ts";

const kindNames = ["cast", "notice", "call", "reply", "failure"] as const;

/** Calls `delivered` before each message is handled. */
export class TracedWire implements Wire {
  readonly #wire: Wire;
  readonly #plan: LinkPlan;
  readonly #delivered: (what: string) => void;

  constructor(wire: Wire, plan: LinkPlan, delivered: (what: string) => void) {
    this.#wire = wire;
    this.#plan = plan;
    this.#delivered = delivered;
  }

  send(frame: Frame): void {
    this.#wire.send(frame);
  }

  open(onFrame: (frame: Frame) => void): void {
    const { self, peer } = this.#plan;
    const way = `${peer.name}/${peer.epoch} to ${self.name}/${self.epoch}`;
    this.#wire.open((frame) => {
      for (const entry of frame[3]) this.#delivered(`${way} ${nameOf(entry)}`);
      onFrame(frame);
    });
  }

  soon(task: () => void): void {
    this.#wire.soon(task);
  }

  drain(): void {
    this.#wire.drain();
  }

  close(): void {
    this.#wire.close();
  }
}

/** `cast write-pieces`, `call status`, `reply 3`. */
function nameOf(entry: Entry): string {
  const isFailure = entry[0] === EntryKind.failure;
  const suffix = isFailure ? ` ${entry[2].code ?? entry[2].name}` : "";
  return `${kindNames[entry[0]]} ${entry[1]}${suffix}`;
}
