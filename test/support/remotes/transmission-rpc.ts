// Calls of the classic dialect of Transmission's protocol.

const sessionHeader = "x-transmission-session-id";

/** The answer to a call: the status of the response, and its JSON. */
export interface RpcAnswer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A caller of `/transmission/rpc`. */
export class TransmissionRpc {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  #sessionId = "";

  constructor(port: number, headers: Readonly<Record<string, string>> = {}) {
    this.#url = `http://127.0.0.1:${port}/transmission/rpc`;
    this.#headers = headers;
  }

  /** Sends a call with a session id. */
  async call(method: string, given?: object): Promise<RpcAnswer> {
    return await this.send(JSON.stringify({ method, ...(given && { arguments: given }) }));
  }

  /** Sends a text as it is. A body that is no JSON is answered as a string. */
  async send(text: string): Promise<RpcAnswer> {
    const first = await this.#post(text);
    const response = first.status === 409 ? await this.#post(text) : first;
    const body = await response.text();
    return { status: response.status, body: jsonIn(body) };
  }

  async #post(text: string): Promise<Response> {
    const headers = { ...this.#headers, [sessionHeader]: this.#sessionId };
    const response = await fetch(this.#url, { method: "POST", headers, body: text });
    this.#sessionId = response.headers.get(sessionHeader) ?? this.#sessionId;
    return response;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
