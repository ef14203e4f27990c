// Calls of qBittorrent's Web API.

const formType = "application/x-www-form-urlencoded";

/** The answer to a request: its status, and its JSON, or its text where it is no JSON. */
export interface WebAnswer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Parameters of a request. */
export type Fields = Readonly<Record<string, string>>;

/** A caller of `/api/v2/`. */
export class WebApi {
  readonly #root: string;
  #cookie = "";

  constructor(port: number) {
    this.#root = `http://127.0.0.1:${port}/api/v2/`;
  }

  /** Logs in, and keeps the cookie. */
  async login(username: string, password: string): Promise<WebAnswer> {
    return await this.post("auth/login", { username, password });
  }

  async get(path: string, fields: Fields = {}): Promise<WebAnswer> {
    const query = new URLSearchParams(fields).toString();
    return await this.#send(query === "" ? path : `${path}?${query}`, {});
  }

  async post(path: string, fields: Fields = {}): Promise<WebAnswer> {
    const body = new URLSearchParams(fields).toString();
    return await this.#send(path, { method: "POST", headers: { "content-type": formType }, body });
  }

  /** Adds a .torrent. */
  async upload(torrent: Uint8Array<ArrayBuffer>, fields: Fields = {}): Promise<WebAnswer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("torrents", new File([torrent], "a.torrent"));
    return await this.#send("torrents/add", { method: "POST", body: form });
  }

  async #send(path: string, request: RequestInit): Promise<WebAnswer> {
    const headers = new Headers(request.headers);
    if (this.#cookie !== "") headers.set("cookie", this.#cookie);
    const response = await fetch(this.#root + path, { ...request, headers });
    const cookie = response.headers.get("set-cookie")?.split(";")[0];
    this.#cookie = cookie ?? this.#cookie;
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  }
}
