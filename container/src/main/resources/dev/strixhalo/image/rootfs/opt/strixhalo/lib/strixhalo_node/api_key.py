"""ASGI middleware for vLLM (--middleware): every request needs the API key, read from a file that only this user can read.

vLLM's own --api-key shows in the process list, VLLM_API_KEY in the environment of the server and its children, and both
guard some paths only. Here everything is guarded but /health, which says nothing of the model or its users.
"""

import hmac
import json
import os

OPEN_PATHS = ("/health",)


class ApiKey:
    def __init__(self, app):
        self._app = app
        with open(os.environ["STRIXHALO_API_KEY_PATH"], "rb") as file:
            self._key = file.read().strip()
        if not self._key:
            raise ValueError("the API key is empty")

    async def __call__(self, scope, receive, send):
        kind = scope["type"]
        if kind not in ("http", "websocket") or self._admits(scope):
            await self._app(scope, receive, send)
        elif kind == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = json.dumps({"error": {"message": "Unauthorized", "type": "invalid_api_key", "code": 401}}).encode()
            headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    def _admits(self, scope):
        path = scope["path"][len(scope.get("root_path", "")) :] if scope["path"].startswith(scope.get("root_path", "")) else scope["path"]
        # A browser asks by OPTIONS, without the key, whether it may send the key.
        if path in OPEN_PATHS or scope.get("method") == "OPTIONS":
            return True
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, key = value.partition(b" ")
                return scheme.lower() == b"bearer" and hmac.compare_digest(key.strip(), self._key)
        return False
