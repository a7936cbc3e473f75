"""A failure that the caller can act on."""

import json
import sys


class Refusal(Exception):
    """What is wrong, as a word for programs and a sentence for people.

    code: stable word that the Java side looks at; found: lines of what was seen.
    """

    def __init__(self, code, message, found=(), exit_code=1):
        super().__init__(message)
        self.code = code
        self.message = message
        self.found = list(found)
        self.exit_code = exit_code

    def as_json(self):
        return {"ok": False, "code": self.code, "message": self.message, "found": self.found}


def request(required):
    """The JSON object on standard input; its absence and a missing field are refused by name."""
    text = sys.stdin.read()
    if not text.strip():
        raise Refusal("no-request", "Standard input was empty; this verb reads a JSON object there.", exit_code=2)
    try:
        value = json.loads(text)
    except ValueError as error:
        # The text itself may hold secrets and stays out of the message.
        raise Refusal("bad-request", "Standard input is no JSON.", [type(error).__name__], exit_code=2)
    if not isinstance(value, dict):
        raise Refusal("bad-request", "Standard input is no JSON object.", exit_code=2)
    missing = [name for name in required if name not in value]
    if missing:
        raise Refusal("bad-request", "The request lacks %s." % ", ".join(missing), exit_code=2)
    return value
