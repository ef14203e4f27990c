// Reads a response of HTTP/1.1 (RFC 9112) to a GET. Node's client allocates and copies every chunk of a body, which costs
// a GiB two CPU-seconds; this reader lends the bytes where they were received.

/** Bound of status lines, headers and trailers of a response, interim responses included. */
const maxHeadBytes = 16_384;
/** Bound of the line before a chunk. */
const maxChunkLineBytes = 1_024;
/**
 * Bound of the lines of all chunks, besides an eighth of the body: a chunk of a byte costs as much time as a large one.
 */
const maxChunkLinesBytes = 16_384;
const chunkLinesPart = 8;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; values of the same name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Receives a response. */
interface ResponseSink {
  head(head: ResponseHead): void;
  /** Lent. */
  body(chunk: Uint8Array): void;
  end(): void;
}

/** A response that breaks the protocol, or a bound of it. */
export class ResponseFault extends Error {
  readonly code = "ERR_HTTP_RESPONSE";
}

/** A body by its length, in chunks, or up to the end of the connection. */
type State =
  | { readonly name: "head" | "chunk-line" | "chunk-end" | "trailers" | "until-close" | "over" }
  | { readonly name: "length" | "chunk"; leftBytes: number };

/** Reads one response at a time. */
export class HttpResponseReader {
  readonly #sink: ResponseSink;
  readonly #line = Buffer.allocUnsafeSlow(maxHeadBytes);
  #lineBytes = 0;
  #headBytes = 0;
  #chunkLinesBytes = 0;
  #bodyBytes = 0;
  #lines: string[] = [];
  #state: State = { name: "over" };
  #mayReuse = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** A request was sent. */
  start(): void {
    this.#state = { name: "head" };
    this.#lines = [];
    this.#lineBytes = 0;
    this.#headBytes = 0;
    this.#chunkLinesBytes = 0;
    this.#bodyBytes = 0;
    this.#mayReuse = false;
  }

  /** Ignores all further bytes; also from inside a call of the sink. */
  stop(): void {
    this.#state = { name: "over" };
    this.#mayReuse = false;
  }

  /** Whether the connection may carry another request. */
  get mayReuse(): boolean {
    return this.#mayReuse && this.#state.name === "over";
  }

  /**
   * @param chunk Read during the call only.
   * @throws {ResponseFault}
   */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const { name } = this.#state;
      if (name === "over") {
        // Bytes after the response.
        this.#mayReuse = false;
        return;
      }
      at =
        name === "length" || name === "chunk" || name === "until-close"
          ? this.#readBody(chunk, at)
          : this.#readLine(chunk, at);
    }
  }

  /** The connection has ended. @returns Whether the response is whole. */
  close(): boolean {
    if (this.#state.name === "until-close") this.#finish();
    return this.#state.name === "over";
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const state = this.#state;
    const leftBytes = "leftBytes" in state ? state.leftBytes : Infinity;
    const end = Math.min(chunk.length, at + leftBytes);
    if ("leftBytes" in state) state.leftBytes -= end - at;
    this.#bodyBytes += end - at;
    this.#sink.body(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
    if (this.#state !== state || !("leftBytes" in state) || state.leftBytes > 0) return end;
    if (state.name === "chunk") this.#state = { name: "chunk-end" };
    else this.#finish();
    return end;
  }

  #readLine(chunk: Uint8Array, at: number): number {
    const lineEnd = chunk.indexOf(lineFeed, at);
    const end = lineEnd < 0 ? chunk.length : lineEnd + 1;
    const bytes = end - at;
    this.#countLine(bytes);
    this.#line.set(chunk.subarray(at, end), this.#lineBytes);
    this.#lineBytes += bytes;
    if (lineEnd >= 0) this.#takeLine(this.#endLine());
    return end;
  }

  /** @throws {ResponseFault} */
  #countLine(bytes: number): void {
    if (this.#state.name !== "chunk-line" && this.#state.name !== "chunk-end") {
      if ((this.#headBytes += bytes) > maxHeadBytes)
        throw new ResponseFault(`the headers have more than ${maxHeadBytes} bytes`);
      return;
    }
    if (this.#lineBytes + bytes > maxChunkLineBytes)
      throw new ResponseFault("the line before a chunk is too long");
    this.#chunkLinesBytes += bytes;
    if (this.#chunkLinesBytes > maxChunkLinesBytes + this.#bodyBytes / chunkLinesPart)
      throw new ResponseFault("the chunks are too small");
  }

  /** @returns The line as Latin-1, without its end. */
  #endLine(): string {
    let end = this.#lineBytes - 1;
    if (end > 0 && this.#line[end - 1] === carriageReturn) end--;
    this.#lineBytes = 0;
    return this.#line.toString("latin1", 0, end);
  }

  #takeLine(line: string): void {
    switch (this.#state.name) {
      case "head":
        if (line !== "") this.#lines.push(line);
        else if (this.#lines.length > 0) this.#takeHead();
        return;
      case "chunk-line":
        this.#startChunk(line);
        return;
      case "chunk-end":
        if (line !== "") throw new ResponseFault("a chunk is longer than its line says");
        this.#state = { name: "chunk-line" };
        return;
      case "trailers":
        if (line === "") this.#finish();
        return;
      default:
        throw new Error("bug: a line inside of a body");
    }
  }

  #startChunk(line: string): void {
    const size = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw new ResponseFault("the length of a chunk is no number");
    const leftBytes = Number.parseInt(size, 16);
    this.#state = leftBytes === 0 ? { name: "trailers" } : { name: "chunk", leftBytes };
  }

  #takeHead(): void {
    const [first = "", ...fields] = this.#lines;
    this.#lines = [];
    const match = /^HTTP\/1\.(\d) (\d{3})(?: |$)/.exec(first);
    if (match === null) throw new ResponseFault("the answer is not HTTP/1.1");
    const status = Number(match[2]);
    if (status === 101) throw new ResponseFault("the server changes the protocol");
    if (status < 200) return;
    const headers = readFields(fields);
    const state = stateOf(status, headers);
    const connection = headers["connection"]?.toLowerCase() ?? "";
    this.#mayReuse =
      match[1] === "1" && !connection.includes("close") && state.name !== "until-close";
    this.#state = state;
    this.#sink.head({ status, headers });
    if (this.#state === state && "leftBytes" in state && state.leftBytes === 0) this.#finish();
  }

  #finish(): void {
    this.#state = { name: "over" };
    this.#sink.end();
  }
}

function readFields(lines: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ResponseFault("a header is malformed");
    const key = name.toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = headers.get(key);
    headers.set(key, known === undefined ? value : `${known}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function stateOf(status: number, headers: Readonly<Record<string, string>>): State {
  const encoding = headers["transfer-encoding"];
  if (status === 204 || status === 304) return { name: "length", leftBytes: 0 };
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== "chunked")
      throw new ResponseFault("the transfer coding is unknown");
    return { name: "chunk-line" };
  }
  const length = headers["content-length"];
  if (length === undefined) return { name: "until-close" };
  if (!/^\d{1,15}$/.test(length)) throw new ResponseFault("the length of the body is no number");
  return { name: "length", leftBytes: Number(length) };
}
