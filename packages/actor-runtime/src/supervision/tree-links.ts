import type { ActorCore } from "../actor/actor-core.ts";
import type { Child, ChildStats, LinkSide } from "../hosts/host.ts";
import type { LinkCounts } from "../links/link.ts";
import type { ActorStatus, ChildSpec, ThreadLoad } from "../supervisor-spec.ts";

/** A child and its current incarnation. */
export interface Linkable {
  readonly spec: ChildSpec;
  readonly up: Child | undefined;
}

/** A child's load in the status. */
interface ChildLoad extends Partial<ThreadLoad> {
  readonly mailbox: number;
  /** The trees that it supervises. */
  readonly children: readonly ActorStatus[];
}

/** Loads by child name. */
export type LinkLoads = ReadonlyMap<string, ChildLoad>;

/** `child` sends first; `other` is its owner or the sibling that answers. */
interface Link {
  readonly id: string;
  readonly child: Child;
  readonly other: LinkSide["party"];
}

/** Links each child with the owner, and with the siblings in its spec. */
export class TreeLinks {
  readonly #owner: ActorCore;
  readonly #children: ReadonlyMap<string, Linkable>;
  #links: readonly Link[] = [];

  /** @param children May grow until the first link is made. */
  constructor(owner: ActorCore, children: ReadonlyMap<string, Linkable>) {
    this.#owner = owner;
    this.#children = children;
  }

  link(newcomer: Linkable, child: Child): void {
    for (const [role, name] of Object.entries(newcomer.spec.links ?? {})) {
      const sibling = this.#children.get(name)?.up;
      if (sibling !== undefined) this.#linkSiblings(newcomer.spec, child, role, sibling);
    }
    for (const { spec, up } of this.#children.values()) {
      for (const [role, name] of Object.entries(spec.links ?? {})) {
        if (name === newcomer.spec.name && up !== undefined) {
          this.#linkSiblings(spec, up, role, child);
        }
      }
    }
    this.#linkOwner(newcomer.spec, child);
  }

  unlink(child: Child): void {
    const ended = this.#links.filter((link) => link.child === child || link.other === child);
    this.#links = this.#links.filter((link) => !ended.includes(link));
    for (const link of ended) {
      link.child.unlink(link.id);
      link.other.unlink(link.id);
    }
  }

  /** Messages waiting in the links of each child. @param stats Stats of the children that answered. */
  loads(stats: ReadonlyMap<Child, ChildStats>): LinkLoads {
    const loads = new Map<string, ChildLoad>();
    for (const { spec, up } of this.#children.values()) {
      if (up === undefined) continue;
      const { thread, children = [] } = stats.get(up) ?? { links: [] };
      loads.set(spec.name, { mailbox: 0, children, ...thread });
    }
    for (const link of this.#links) {
      const waiting = this.#waiting(link, stats);
      for (const { sender } of [link.child, link.other]) {
        const load = loads.get(sender.name);
        if (load !== undefined) {
          loads.set(sender.name, { ...load, mailbox: load.mailbox + waiting });
        }
      }
    }
    return loads;
  }

  #linkOwner(spec: ChildSpec, child: Child): void {
    const owner = this.#owner;
    const id = this.#newLink(child, owner);
    owner.host.connect(
      {
        party: child,
        plan: {
          id,
          self: child.sender,
          peer: owner.sender,
          role: "owner",
          peerTakesNotices: owner.noticeRoles.includes(spec.role),
        },
      },
      {
        party: owner,
        plan: {
          id,
          self: owner.sender,
          peer: child.sender,
          role: spec.role,
          peerTakesNotices: child.noticeRoles.includes("owner"),
        },
      },
    );
  }

  #linkSiblings(spec: ChildSpec, child: Child, role: string, sibling: Child): void {
    const id = this.#newLink(child, sibling);
    this.#owner.host.connect(
      {
        party: sibling,
        plan: {
          id,
          self: sibling.sender,
          peer: child.sender,
          role: spec.role,
          peerTakesNotices: child.noticeRoles.includes(role),
        },
      },
      {
        party: child,
        plan: {
          id,
          self: child.sender,
          peer: sibling.sender,
          role,
          peerTakesNotices: false,
        },
      },
    );
  }

  #newLink(child: Child, other: LinkSide["party"]): string {
    const id = this.#owner.nextLinkId();
    this.#links = [...this.#links, { id, child, other }];
    return id;
  }

  #waiting({ id, child, other }: Link, stats: ReadonlyMap<Child, ChildStats>): number {
    const here = countsOf(stats.get(child), id);
    const there =
      other.kind === "child" ? countsOf(stats.get(other), id) : this.#owner.linkEnd(id)?.counts;
    if (here !== undefined && there !== undefined) {
      return Math.max(0, here.sent - there.handled) + Math.max(0, there.sent - here.handled);
    }
    // An upper bound, from the owner's credits.
    return this.#owner.linkEnd(id)?.unconfirmed ?? 0;
  }
}

function countsOf(stats: ChildStats | undefined, id: string): LinkCounts | undefined {
  return stats?.links.find((counts) => counts.id === id);
}
