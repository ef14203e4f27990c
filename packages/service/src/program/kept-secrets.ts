import type { SavedSecret, SavedSecrets } from "../service.messages.ts";
import type { SecretFiles } from "./secret-files.ts";

/** The secrets that the next incarnation of the actor `http` gets. */
export class KeptSecrets {
  readonly #files: SecretFiles;
  #secrets: SavedSecrets | undefined;

  constructor(files: SecretFiles, hasPassword: boolean) {
    this.#files = files;
    if (!hasPassword) return;
    const tokens = files.read("tokens");
    this.#secrets = {
      password: files.readRecord() ?? "",
      ...(tokens !== undefined && { tokens }),
      knownAddresses: files.knownAddresses,
    };
  }

  /** Undefined for a service without passwords. */
  get secrets(): SavedSecrets | undefined {
    return this.#secrets;
  }

  /**
   * Settles when the secret is durable. A password counts once it is. Tokens count at once: one that is revoked ends, whatever
   * the disk does.
   *
   * @throws rejects with a system error
   */
  async save(secret: SavedSecret): Promise<void> {
    if (secret.kind === "tokens") this.#keep({ tokens: secret.text });
    await this.#files.save(secret);
    if (secret.kind === "password") this.#keep({ password: secret.text });
    if (secret.kind === "known-addresses") this.#keep({ knownAddresses: secret.addresses });
  }

  #keep(change: Partial<SavedSecrets>): void {
    if (this.#secrets !== undefined) this.#secrets = { ...this.#secrets, ...change };
  }
}
