import { mostSmallHosts } from "./limits.ts";

/** Hosts to which large packets do not pass, so that the next connection begins with small ones. The oldest is forgotten. */
export class SmallHosts {
  readonly #hosts = new Set<string>();

  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  add(host: string): void {
    this.#hosts.delete(host);
    this.#hosts.add(host);
    if (this.#hosts.size <= mostSmallHosts) return;
    for (const oldest of this.#hosts) {
      this.#hosts.delete(oldest);
      break;
    }
  }
}
