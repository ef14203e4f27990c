// Peers that misuse a plugin extension, in virtual time. An honest seeder beside them serves the download.

import test, { type ExecutionContext } from "ava";
import type { ExtensionModule } from "@troupe/coordinator";
import {
  extended,
  type HostilePeer,
  many,
  type RawConnection,
} from "@troupe/load-peers/misbehaving";
import { meetInVirtualTime } from "../support/simulated/runs/hostility.ts";

const kibibyte = 1_024;
/** Our id of the first plugin extension, which our handshake names. */
const echoId = 6;
const cleanDownloadMs = 650;

/** Sends each message back, and counts. */
class Echo {
  connected = 0;
  messages = 0;
  readonly make: ExtensionModule = () => ({
    name: "x_echo",
    connected: () => void this.connected++,
    message: (peer, payload) => {
      this.messages++;
      peer.send(payload);
    },
  });
}

async function offer(connection: RawConnection): Promise<void> {
  await connection.shakeHands();
  await connection.send(extended(0, "d1:md6:x_echoi7eee"));
}

function peerThat(does: string, misbehave: HostilePeer["misbehave"]): HostilePeer {
  return { name: "extension-misuse", does, cases: [], misbehave };
}

async function meet(t: ExecutionContext, peer: HostilePeer) {
  const echo = new Echo();
  const report = await meetInVirtualTime(peer, { extension: echo.make });
  t.deepEqual(report.violations, []);
  t.true(report.downloadMs <= 1.2 * cleanDownloadMs, `${report.downloadMs} ms`);
  t.is(report.dials, 0);
  return { echo, ...report };
}

test("AE27: a peer that floods an extension is closed, and the extension hears 600 messages and one", async (t) => {
  const flood = peerThat("sends messages without end", async (connection) => {
    await offer(connection);
    await connection.sendForEver(many(64, extended(echoId, "hello")));
  });
  const { closedAfterMs, echo, heldBytes, reasons } = await meet(t, flood);
  t.deepEqual(reasons, ["extension-flood"]);
  t.is(echo.messages, 601);
  t.true(closedAfterMs <= 1_000, `${closedAfterMs} ms`);
  t.true(heldBytes <= 32 * kibibyte, `${heldBytes} bytes`);
});

test("AE27: a peer whose message is too long is closed, and the extension does not hear it", async (t) => {
  const long = peerThat("sends 17 KiB", async (connection) => {
    await offer(connection);
    await connection.send(extended(echoId, new Uint8Array(17 * kibibyte)));
  });
  const { echo, reasons } = await meet(t, long);
  t.deepEqual(reasons, ["extension-too-long"]);
  t.is(echo.connected, 1);
  t.is(echo.messages, 0);
});

test("AE27: a peer that reads none of the answers of an extension makes us hold 256 KiB of them", async (t) => {
  const deaf = peerThat("reads no answer", async (connection) => {
    await offer(connection);
    connection.stopReading();
    for (let count = 0; count < 500; count++)
      await connection.send(extended(echoId, new Uint8Array(16 * kibibyte)));
  });
  const { echo, heldBytes, reasons } = await meet(t, deaf);
  t.is(echo.messages, 500);
  t.true(heldBytes > 200 * kibibyte && heldBytes <= 300 * kibibyte, `${heldBytes} bytes`);
  t.deepEqual(reasons, ["idle"]);
});

test("AE27: messages of a peer that does not offer the extension are not heard", async (t) => {
  const rude = peerThat("offers nothing", async (connection) => {
    await connection.shakeHands();
    for (let count = 0; count < 100; count++) await connection.send(extended(echoId, "hello"));
  });
  const { echo, reasons } = await meet(t, rude);
  t.deepEqual([echo.connected, echo.messages], [0, 0]);
  t.deepEqual(reasons, ["idle"]);
});
