// The routes and addresses of this machine, as `ip -json -4 route show table all` lists them.

import { ip4Prefix, type Ip4Prefix } from "./ip4-prefix.ts";

/** A route that is no default route. The addresses of the machine are routes of the table `local`. */
export interface MachineRoute {
  readonly prefix: Ip4Prefix;
  readonly metric: number;
  /** `local 10.77.0.0/16 dev lo`: for messages. */
  readonly text: string;
}

/** @throws Error for output that is no list of routes. */
export function readRoutes(json: string): readonly MachineRoute[] {
  const routes: unknown = JSON.parse(json === "" ? "[]" : json);
  if (!Array.isArray(routes)) throw new Error("ip lists no routes");
  return routes.flatMap((route: unknown) => routeOf(Object(route)) ?? []);
}

function routeOf(route: Readonly<Record<string, unknown>>): MachineRoute | undefined {
  const { dst, type, dev, metric } = route;
  if (typeof dst !== "string") throw new Error("ip lists a route without a destination");
  if (dst === "default" || dst === "0.0.0.0/0") return undefined;
  const prefix = ip4Prefix(dst);
  if (prefix === undefined) throw new Error(`ip lists a route to "${dst.slice(0, 60)}"`);
  const device = typeof dev === "string" ? `dev ${dev}` : "";
  const text = [type, dst, device].filter((word) => typeof word === "string" && word !== "");
  return { prefix, metric: typeof metric === "number" ? metric : 0, text: text.join(" ") };
}

/** @param json Output of `ip -json route get ADDRESS`. @returns The device that a packet would leave by. */
export function deviceOf(json: string): string | undefined {
  const routes: unknown = JSON.parse(json);
  const [route] = Array.isArray(routes) ? (routes as readonly unknown[]) : [];
  const { dev } = Object(route) as { readonly dev?: unknown };
  return typeof dev === "string" ? dev : undefined;
}
