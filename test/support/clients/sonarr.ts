// The calls of Sonarr, from its source: TransmissionProxy.cs, TransmissionBase.cs, QBittorrentProxyV2.cs, QBittorrent.cs.

import type { Answered, Served } from "../service/served.ts";

const sessionHeader = "x-transmission-session-id";
const formType = "application/x-www-form-urlencoded";

/** The fields that it asks for in each list. */
const listFields = [
  ...["id", "hashString", "name", "downloadDir", "totalSize", "leftUntilDone", "isFinished"],
  ...["eta", "status", "secondsDownloading", "secondsSeeding", "errorString", "uploadedEver"],
  ...["downloadedEver", "seedRatioLimit", "seedRatioMode", "seedIdleLimit", "seedIdleMode"],
  ...["file-count", "labels"],
];

/** A torrent of a list. */
export interface ListedTorrent {
  readonly [field: string]: unknown;
  readonly hashString: string;
  readonly leftUntilDone: number;
  readonly status: number;
}

/** Transmission as Sonarr uses it: Basic, and the session id that a GET answers. */
export class SonarrTransmission {
  readonly #served: Served;
  #sessionId: string | undefined;

  constructor(served: Served) {
    this.#served = served;
  }

  /** @throws rejects with the `result` that is not `success`. */
  async call(
    method: string,
    given?: object,
  ): Promise<Readonly<Record<string, ReturnType<typeof JSON.parse>>>> {
    const basic = this.#served.basic();
    this.#sessionId ??= await this.#login(basic);
    const text = JSON.stringify({ method, ...(given !== undefined && { arguments: given }) });
    const headers = {
      ...basic,
      accept: "application/json",
      "content-type": "application/json",
      [sessionHeader]: this.#sessionId,
    };
    const { body } = await this.#served.ask("/transmission/rpc", { headers, text });
    if (body.result !== "success") throw new Error(body.result);
    return body.arguments;
  }

  async list(): Promise<readonly ListedTorrent[]> {
    const { torrents } = await this.call("torrent-get", { fields: listFields });
    return torrents;
  }

  async #login(headers: Readonly<Record<string, string>>): Promise<string> {
    const answer = await this.#served.ask("/transmission/rpc", { headers });
    if (answer.status !== 409) throw new Error(`a GET was answered with ${answer.status}`);
    return String(answer.headers[sessionHeader]);
  }
}

/** How it proves itself to qBittorrent: the password beside the cookie, the cookie alone, or an API key. */
export type QbittorrentProof =
  | { readonly kind: "basic-and-cookie" }
  | { readonly kind: "cookie" }
  | { readonly kind: "key"; readonly headers: Readonly<Record<string, string>> };

/** qBittorrent as Sonarr uses it: a login when it needs one, and after each 403. */
export class SonarrQbittorrent {
  readonly #served: Served;
  readonly #proof: QbittorrentProof;
  #cookie: string | undefined;
  /** Logins so far. */
  logins = 0;

  constructor(served: Served, proof: QbittorrentProof) {
    this.#served = served;
    this.#proof = proof;
  }

  /** Forgets the cookie, as a Sonarr that has just started. */
  forgetCookie(): void {
    this.#cookie = undefined;
  }

  async get(path: string): Promise<Answered> {
    return await this.#send(path, {});
  }

  async post(path: string, form: Readonly<Record<string, string>>): Promise<Answered> {
    const text = new URLSearchParams(form).toString();
    return await this.#send(path, { text, type: formType });
  }

  /** Uploads a .torrent beside fields, as a form with parts. */
  async upload(metainfo: Uint8Array, form: Readonly<Record<string, string>>): Promise<Answered> {
    const boundary = "-----NzbDrone1234";
    const fields = Object.entries(form).map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="torrents"; filename="a.torrent"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    const text = Buffer.concat([
      Buffer.from(fields.join("") + head),
      metainfo,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const type = `multipart/form-data; boundary=${boundary}`;
    return await this.#send("torrents/add", { text, type });
  }

  async #send(
    path: string,
    { text, type }: { readonly text?: Buffer | string; readonly type?: string },
  ): Promise<Answered> {
    const ask = async (): Promise<Answered> =>
      await this.#served.ask(`/api/v2/${path}`, {
        headers: { ...this.#proofHeaders(), ...(type !== undefined && { "content-type": type }) },
        ...(text !== undefined && { text }),
      });
    if (this.#proof.kind !== "key" && this.#cookie === undefined) await this.#login();
    const answer = await ask();
    if (answer.status !== 403 || this.#proof.kind === "key") return answer;
    await this.#login();
    return await ask();
  }

  #proofHeaders(): Readonly<Record<string, string>> {
    if (this.#proof.kind === "key") return this.#proof.headers;
    return {
      ...(this.#proof.kind === "basic-and-cookie" && this.#served.basic()),
      ...(this.#cookie !== undefined && { cookie: this.#cookie }),
    };
  }

  async #login(): Promise<void> {
    this.logins++;
    this.#cookie = undefined;
    const text = new URLSearchParams({
      username: "troupe",
      password: this.#served.password,
    }).toString();
    const headers = { ...this.#proofHeaders(), "content-type": formType };
    const answer = await this.#served.ask("/api/v2/auth/login", { headers, text });
    if (answer.text !== "Ok.") throw new Error(`the login was answered with ${answer.text}`);
    this.#cookie = answer.headers["set-cookie"]?.map((each) => each.split(";")[0]).join("; ");
  }
}
