import type { FrameSink } from "../../src/frames/frame-sink.ts";

/** The calls of a reader, as short texts: `have 3`, `block 0+16384 of 2: <sum of bytes>`. */
export class RecordingSink implements FrameSink {
  readonly events: string[] = [];
  readonly blockMemory: Uint8Array;
  /** Where blocks go; −1 skips them. */
  blockPlace = 0;
  /** Called with each event as it is recorded. */
  onEvent: (event: string) => void = () => {};

  constructor(blockMemory: Uint8Array = new Uint8Array(16_384)) {
    this.blockMemory = blockMemory;
  }

  keepAlive = (): void => this.#add("keep-alive");
  choke = (): void => this.#add("choke");
  unchoke = (): void => this.#add("unchoke");
  interested = (): void => this.#add("interested");
  notInterested = (): void => this.#add("not-interested");
  have = (piece: number): void => this.#add(`have ${piece}`);
  bitfield = (bits: Uint8Array): void => this.#add(`bitfield ${bits.join(",")}`);
  request = (piece: number, begin: number, length: number): void =>
    this.#add(`request ${piece} ${begin} ${length}`);
  cancel = (piece: number, begin: number, length: number): void =>
    this.#add(`cancel ${piece} ${begin} ${length}`);
  port = (port: number): void => this.#add(`port ${port}`);
  haveAll = (): void => this.#add("have-all");
  haveNone = (): void => this.#add("have-none");
  suggest = (piece: number): void => this.#add(`suggest ${piece}`);
  allowedFast = (piece: number): void => this.#add(`allowed-fast ${piece}`);
  dontHave = (piece: number): void => this.#add(`dont-have ${piece}`);
  reject = (piece: number, begin: number, length: number): void =>
    this.#add(`reject ${piece} ${begin} ${length}`);
  extended = (id: number, payload: Uint8Array): void =>
    this.#add(`extended ${id} ${payload.join(",")}`);
  unknown = (id: number, lengthBytes: number): void => this.#add(`unknown ${id} ${lengthBytes}`);

  blockStarts = (piece: number, begin: number, length: number): number => {
    this.#add(`block-starts ${piece} ${begin} ${length}`);
    return this.blockPlace;
  };

  blockEnds = (piece: number, begin: number, length: number): void => {
    const bytes = this.blockMemory.subarray(this.blockPlace, this.blockPlace + length);
    this.#add(`block-ends ${piece} ${begin} ${length}: ${checksum(bytes)}`);
  };

  #add(event: string): void {
    this.events.push(event);
    this.onEvent(event);
  }
}

/** A number that tells two runs of bytes apart, order included. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum * 31 + byte) >>> 0;
  return sum;
}
