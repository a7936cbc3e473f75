"""The API key's middleware, called as an ASGI server calls it. argv: folder of strixhalo_node."""

import asyncio
import os
import sys
import tempfile
import unittest

sys.path.insert(0, sys.argv.pop(1))

from strixhalo_node.api_key import ApiKey  # noqa: E402


async def served(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(path, key=None, method="POST", kind="http", root=""):
    headers = [(b"authorization", key)] if key is not None else []
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": root + path, "root_path": root, "method": method, "headers": headers}
    asyncio.run(ApiKey(served)(scope, None, send))
    return sent[0].get("status", sent[0]["type"])


class ApiKeyTest(unittest.TestCase):
    def setUp(self):
        file = tempfile.NamedTemporaryFile("w")
        self.addCleanup(file.close)
        file.write("right-key\n")
        file.flush()
        os.environ["STRIXHALO_API_KEY_PATH"] = file.name

    def test_the_right_key_opens(self):
        self.assertEqual(200, ask("/v1/completions", b"Bearer right-key"))
        self.assertEqual(200, ask("/v1/completions", b"bearer right-key"))

    def test_anything_else_does_not(self):
        for key in (None, b"", b"Bearer", b"Bearer ", b"Bearer wrong", b"Basic right-key", b"right-key", b"Bearer right-key2"):
            self.assertEqual(401, ask("/v1/completions", key), key)

    def test_every_path_but_health_is_guarded(self):
        for path in ("/", "/v1/models", "/tokenize", "/invocations", "/metrics", "/health/", "/healthy", "//health"):
            self.assertEqual(401, ask(path), path)
        self.assertEqual(200, ask("/health"))
        self.assertEqual(401, ask("/v1/models", root="/api"))
        self.assertEqual(200, ask("/health", root="/api"))

    def test_a_browser_may_ask_whether_it_may_ask(self):
        self.assertEqual(200, ask("/v1/completions", method="OPTIONS"))

    def test_a_websocket_is_closed(self):
        self.assertEqual("websocket.close", ask("/v1/realtime", kind="websocket"))

    def test_no_key_no_server(self):
        with tempfile.NamedTemporaryFile("w") as empty:
            os.environ["STRIXHALO_API_KEY_PATH"] = empty.name
            self.assertRaises(ValueError, ApiKey, served)
        os.environ["STRIXHALO_API_KEY_PATH"] = "/nowhere/key"
        self.assertRaises(FileNotFoundError, ApiKey, served)


if __name__ == "__main__":
    unittest.main()
