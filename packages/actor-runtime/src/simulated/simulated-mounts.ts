// Which device each path of a simulated disk lies on.

import { systemError } from "../errors.ts";

/** The devices of one disk: that of its root, and folders on devices of their own. */
export class SimulatedMounts {
  /** Devices whose folders do not answer a first look. Calls of the disk itself return: a test holds messages instead. */
  readonly hanging = new Set<bigint>();
  readonly #device: bigint;
  readonly #folders = new Map<string, bigint>();

  constructor(device: bigint) {
    this.#device = device;
  }

  /** Puts everything below a folder on a device; what is there already moves along. */
  add(folder: string, device: bigint): void {
    this.#folders.set(folder, device);
  }

  /** The device of a path, whether something is there or not. */
  deviceAt(path: string): bigint {
    let device = this.#device;
    let longest = 0;
    for (const [folder, mounted] of this.#folders) {
      const isBelow = path === folder || path.startsWith(`${folder}/`);
      if (!isBelow || folder.length < longest) continue;
      device = mounted;
      longest = folder.length;
    }
    return device;
  }

  /** @throws EXDEV when the paths lie on different devices. */
  refuseAcross(from: string, to: string): void {
    if (this.deviceAt(from) === this.deviceAt(to)) return;
    throw systemError("EXDEV", `"${from}" and "${to}" lie on different devices`);
  }
}
