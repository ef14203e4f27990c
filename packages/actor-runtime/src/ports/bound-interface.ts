/**
 * How a socket is held on its interface. `device`: the system sends its packets through the interface or nowhere. `guard`: the
 * socket has an address of the interface, and closes within a second once the system would route past the interface.
 */
export type InterfaceHold = "device" | "guard";

/**
 * An interface as of the last look. `absent`: it is missing, down or without an address. `misrouted`: it is up, and the system
 * would route to the internet past it. `unaddressed`: it is up, and has none of the addresses that sockets may use.
 */
export type InterfaceState =
  | { readonly kind: "absent" }
  | { readonly kind: "misrouted" }
  | { readonly kind: "unaddressed" }
  | {
      readonly kind: "up";
      /** Changes with the addresses, and when the interface was made anew. */
      readonly key: string;
      /** The addresses of new sockets, by family: the first of each. At least one. */
      readonly hosts: { readonly 4?: string; readonly 6?: string };
    };

/** The interface that the network ports of a thread are bound to. */
export interface BoundInterface {
  readonly name: string;
  readonly hold: InterfaceHold;
  /** Looks afresh, at most once in 100 ms. */
  look(): InterfaceState;
  /** Whether there is a name server that may be asked over the interface. */
  canAskNames(): boolean;
}
