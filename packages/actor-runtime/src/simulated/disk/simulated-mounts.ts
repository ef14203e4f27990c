import { systemError } from "../../errors.ts";

/** The devices of a disk by folder. */
export class SimulatedMounts {
  /** Devices that do not answer a first look. Other disk calls return: a test holds messages instead. */
  readonly hanging = new Set<bigint>();
  readonly #device: bigint;
  readonly #folders = new Map<string, bigint>();

  constructor(device: bigint) {
    this.#device = device;
  }

  add(folder: string, device: bigint): void {
    this.#folders.set(folder, device);
  }

  /** The path may not exist. */
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

  /** @throws EXDEV for paths on different devices. */
  refuseAcross(from: string, to: string): void {
    if (this.deviceAt(from) === this.deviceAt(to)) return;
    throw systemError("EXDEV", `"${from}" and "${to}" lie on different devices`);
  }
}
