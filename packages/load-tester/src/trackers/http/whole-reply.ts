// Reads the usual reply of a tracker: its head and a body of known length, in one chunk. A reader that keeps its place from
// chunk to chunk costs five times as much.

/** Most trackers send fewer than 300 bytes. */
const maxHeadBytes = 2_048;
const lineEnd = "\r\n";
const headEnd = lineEnd + lineEnd;
const statusLine = /^HTTP\/1\.(\d) ([2-9]\d\d)(?: [^\n]*)?$/;
const fieldLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\n]*?)[ \t]*$/;
const digits = /^\d{1,9}$/;

/** A reply that one chunk has from its first to its last byte. */
export interface WholeReply {
  readonly status: number;
  /** The connection may carry another request. */
  readonly mayReuse: boolean;
  /** A view of the chunk. */
  readonly body: Uint8Array;
}

/** Reads whole replies of one tracker, whose heads are mostly the same. */
export class WholeReplyReader {
  #lastText = "";
  #lastHead: Head | undefined;

  /**
   * @param chunk Begins with a reply.
   * @returns Undefined for every other reply: split, longer or shorter than its length says, in chunks, encoded, malformed. A
   *   general reader takes the chunk then.
   */
  read(chunk: Uint8Array): WholeReply | undefined {
    const lengthBytes = Math.min(chunk.length, maxHeadBytes);
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, lengthBytes).toString("latin1");
    const headLength = text.indexOf(headEnd);
    if (headLength < 0) return undefined;
    const head = this.#headOf(text.slice(0, headLength));
    const bodyAt = headLength + headEnd.length;
    if (head === undefined || bodyAt + head.bodyBytes !== chunk.length) return undefined;
    return { status: head.status, mayReuse: head.mayReuse, body: chunk.subarray(bodyAt) };
  }

  #headOf(text: string): Head | undefined {
    if (text === this.#lastText) return this.#lastHead;
    this.#lastText = text;
    return (this.#lastHead = readHead(text));
  }
}

interface Head {
  readonly status: number;
  readonly mayReuse: boolean;
  readonly bodyBytes: number;
}

function readHead(head: string): Head | undefined {
  const [first = "", ...fields] = head.split(lineEnd);
  const [, minor, status] = statusLine.exec(first) ?? [];
  if (status === undefined || status === "204" || status === "304") return undefined;
  let bodyBytes: number | undefined;
  let isClosing = false;
  for (const field of fields) {
    const [, name = "", value = ""] = fieldLine.exec(field) ?? [];
    switch (name.toLowerCase()) {
      case "content-length":
        if (bodyBytes !== undefined || !digits.test(value)) return undefined;
        bodyBytes = Number(value);
        break;
      case "connection":
        isClosing ||= value.toLowerCase().includes("close");
        break;
      case "":
      case "transfer-encoding":
      case "content-encoding":
        return undefined;
      default:
    }
  }
  if (bodyBytes === undefined) return undefined;
  return { status: Number(status), mayReuse: minor === "1" && !isClosing, bodyBytes };
}
