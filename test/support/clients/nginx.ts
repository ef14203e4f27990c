// nginx, a web server, for the files of a folder. Its access log tells what was requested.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../programs/free-port.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { foundIn } from "./daemon.ts";

/** A line of the access log. */
export interface NginxRequest {
  readonly status: number;
  /** Bytes of the body. */
  readonly bytes: number;
  readonly path: string;
}

/** A running nginx on loopback. */
export class Nginx implements AsyncDisposable {
  /** URL of the folder, with a `/` at its end. */
  readonly url: string;
  readonly #process: RunningProcess;
  readonly #folder: TemporaryFolder;

  private constructor(port: number, process: RunningProcess, folder: TemporaryFolder) {
    this.url = `http://127.0.0.1:${port}/`;
    this.#process = process;
    this.#folder = folder;
  }

  /** Serves the files below `root`. @param options Without ranges each answer is the whole file. */
  static async start(root: string, { hasRanges = true } = {}): Promise<Nginx> {
    const port = await freePort();
    const folder = temporaryFolder("nginx");
    chmodSync(folder.path, 0o755);
    for (const name of ["body", "proxy", "fastcgi", "uwsgi", "scgi"])
      mkdirSync(join(folder.path, name));
    const configuration = join(folder.path, "nginx.conf");
    writeFileSync(configuration, configurationOf(port, root, hasRanges));
    const words = ["-p", folder.path, "-e", "stderr", "-c", configuration];
    const process = await startProcess(["nginx", ...words], { debianPackage: "nginx-light" });
    const nginx = new Nginx(port, process, folder);
    await foundIn(process, "nginx answers", () => fetch(nginx.url));
    return nginx;
  }

  /** The requests answered so far. */
  requests(): NginxRequest[] {
    const lines = readFileSync(join(this.#folder.path, "access.log"), "utf8").trimEnd().split("\n");
    return lines.filter(Boolean).map((line) => {
      const [status = "", bytes = "", ...path] = line.split(" ");
      return { status: Number(status), bytes: Number(bytes), path: path.join(" ") };
    });
  }

  /** Empties the log. */
  forgetRequests(): void {
    writeFileSync(join(this.#folder.path, "access.log"), "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#folder.remove();
  }
}

/** The user of this process reads the files: those of a test belong to no one else. */
function configurationOf(port: number, root: string, hasRanges: boolean): string {
  const isRoot = process.getuid?.() === 0;
  return `
daemon off;
pid nginx.pid;
worker_processes 1;
${isRoot ? "user root;" : ""}
events { worker_connections 256; }
http {
  log_format parts '$status $body_bytes_sent $uri';
  access_log access.log parts;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  sendfile on;
  keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; root "${root}"; location = / { access_log off; } ${hasRanges ? "" : "max_ranges 0;"} }
}
`;
}
