// The metadata exchange of a scripted peer (BEP 9, 10): what it offers, and how it answers.

import {
  decodeMetadataMessage,
  encodeMetadataHead,
  encodeMetadataReject,
  metadataBlock,
  type ExtendedHandshake,
  type OwnExtendedHandshake,
} from "@troupe/protocol/peer";

/** Its own id of `ut_metadata`. */
const ownId = 3;

/** How a scripted peer offers the metadata. */
export interface MetadataScript {
  /** Default: the right size. */
  readonly sizeBytes?: number;
  readonly answers: "rightly" | "wrongly" | "by rejects" | "never";
  /** Hears of each block that the peer sends. */
  readonly sent?: (bytes: number) => void;
}

/** The offer of one connection. */
export class MetadataOffers {
  readonly #metadata: Uint8Array;
  readonly #script: MetadataScript;
  /** The other side's id of `ut_metadata`. */
  #theirId = 0;

  constructor(info: Uint8Array, script: MetadataScript) {
    const { sizeBytes = info.length, answers } = script;
    this.#script = script;
    this.#metadata = new Uint8Array(sizeBytes);
    if (answers === "rightly") this.#metadata.set(info.subarray(0, sizeBytes));
  }

  /** Its fields of the extended handshake. */
  get offer(): Pick<OwnExtendedHandshake, "extensions" | "metadataSize"> {
    return { metadataSize: this.#metadata.length, extensions: { ut_metadata: ownId } };
  }

  /** The other side's extended handshake. */
  handshakeRead({ extensions }: ExtendedHandshake): void {
    this.#theirId = extensions.get("ut_metadata") ?? 0;
  }

  /** @returns The answer to an extended message, if there is one. */
  answer(id: number, payload: Uint8Array): Uint8Array | undefined {
    if (id !== ownId || this.#theirId === 0) return undefined;
    const asked = decodeMetadataMessage(payload);
    if (asked?.type !== "request") return undefined;
    const { answers } = this.#script;
    if (answers === "never") return undefined;
    if (answers === "by rejects") return encodeMetadataReject(this.#theirId, asked.block);
    const head = encodeMetadataHead(this.#theirId, asked.block, this.#metadata.length);
    const block = metadataBlock(this.#metadata, asked.block);
    this.#script.sent?.(block.length);
    return Buffer.concat([head, block]);
  }
}
