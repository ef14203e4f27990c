export { ManualTime, settle } from "./manual-time.ts";
export { ScriptedNameServer, type NameServerScript } from "./scripted-name-server.ts";
export { ScriptedProxy, type ProxyScript } from "./scripted-proxy.ts";
export { RecordingRef } from "./recording-ref.ts";
export { seededRandom } from "./seeded-random.ts";
export { sha1 } from "./sha1.ts";
export { soleActor } from "./sole-actor.ts";
