/**
 * Runs libtorrent until SIGTERM. Arguments: settings as JSON, and of a client the path of a .torrent and the folder of its
 * content. It is passed as text, so that a bundle of modules has it too. Errors go to the output.
 */
export const libtorrentScript = `
import json, signal, sys
import libtorrent as lt

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
settings = json.loads(sys.argv[1])
settings["alert_mask"] = lt.alert.category_t.error_notification
session = lt.session(settings)
if len(sys.argv) > 2:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(sys.argv[2])
    parameters.save_path = sys.argv[3]
    flags = lt.torrent_flags
    parameters.flags &= ~(flags.auto_managed | flags.paused)
    parameters.flags |= flags.disable_pex
    handle = session.add_torrent(parameters)
    handle.set_max_connections(-1)
    handle.set_max_uploads(-1)
while True:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        print(alert.message(), flush=True)
`;
