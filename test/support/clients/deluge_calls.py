# Adds torrents to a running deluged, changes one and pauses one. Arguments: configuration folder, port, data folder, .torrents.
import base64
import os
import sys

from deluge.ui.client import client
from twisted.internet import defer, reactor


def wait(seconds):
    waiting = defer.Deferred()
    reactor.callLater(seconds, waiting.callback, None)
    return waiting


@defer.inlineCallbacks
def calls(folder, port, data, torrents):
    with open(os.path.join(folder, "auth")) as file:
        user, password = file.read().split("\n")[0].split(":")[:2]
    yield client.connect("127.0.0.1", int(port), user, password)
    ids = []
    for path in torrents:
        with open(path, "rb") as file:
            content = base64.b64encode(file.read())
        added = yield client.core.add_torrent_file(
            os.path.basename(path), content, {"download_location": data}
        )
        ids.append(added)
    states = {}
    while len(states) < len(ids) or any(
        torrent["state"] in ("Checking", "Allocating", "Queued") for torrent in states.values()
    ):
        yield wait(0.2)
        states = yield client.core.get_torrents_status({}, ["state"])
    chosen = {"file_priorities": [4, 7, 0], "stop_at_ratio": True, "stop_ratio": 1.5}
    yield client.core.set_torrent_options([ids[0]], chosen)
    yield client.core.rename_files(ids[0], [[0, "album/one.bin"]])
    yield client.core.pause_torrent([ids[1]])
    yield wait(1)


def main():
    def end(result):
        print("failed" if isinstance(result, Exception) or hasattr(result, "value") else "done", result)
        reactor.stop()

    calls(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]).addBoth(end)


reactor.callWhenRunning(main)
reactor.run()
