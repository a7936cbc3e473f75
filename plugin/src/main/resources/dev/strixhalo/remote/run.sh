#!/bin/sh
# Runs one command on a node. ShellText takes the comments out, joins the lines with a blank and sends them as one line on
# standard input; so every statement ends with a separator of its own. Then follow, a line each: a backslash, the token,
# the seconds after which the command is ended, the number of words, the words in pieces, each piece a line that begins
# with + when the next one goes on with the same word and with a full stop when not (bytes that are not printable ASCII,
# '%' and the backslash as % with 0 and three octal digits), and after them what the command itself shall read.
IFS= read -r _sx_escape;
IFS= read -r _sx_token;
IFS= read -r _sx_seconds;
IFS= read -r _sx_words;
set -f;
# Splitting at % and joining with a backslash makes what printf %b turns into the bytes.
# The full stop saves final line breaks from the command substitution.
# shellcheck disable=SC2086
_sx_decode() { IFS=%; set -- $1; IFS=$_sx_escape; _sx_word=$(printf '%b.' "$*"); _sx_word=${_sx_word%.}; unset IFS; };
set --;
_sx_whole=;
while [ "$_sx_words" -gt 0 ]; do
    IFS= read -r _sx_piece || exit 255;
    _sx_decode "${_sx_piece#?}";
    _sx_whole=$_sx_whole$_sx_word;
    case $_sx_piece in +*) continue ;; esac;
    set -- "$@" "$_sx_whole";
    _sx_whole=;
    _sx_words=$((_sx_words - 1));
done;
# Without a terminal nobody ends a command whose connection is gone. This watch does: when the process that started us
# (sshd's, for this login) has ended, when the time is over, or when the group got TERM, which reaches the watch too, the
# command's process group gets TERM and, 5 s later, KILL. A command that ended by itself may leave processes behind. The
# watch is nobody's child, so that a command that waits for all its children does not wait for it; it holds no stream.
_sx_main=$$;
_sx_login=$PPID;
kill -0 "$_sx_login" 2>/dev/null || _sx_login=$_sx_main;
( (
    trap '' HUP INT;
    trap '_sx_seconds=0' TERM;
    exec </dev/null >/dev/null 2>&1;
    while [ "$_sx_seconds" -gt 0 ] && kill -0 "$_sx_main" && kill -0 "$_sx_login"; do
        sleep 1;
        _sx_seconds=$((_sx_seconds - 1));
    done;
    if [ "$_sx_seconds" -gt 0 ]; then kill -0 "$_sx_main" || exit 0; fi;
    kill -s TERM -- "-$_sx_main" || kill -s TERM "$_sx_main";
    sleep 5;
    kill -s KILL -- "-$_sx_main" || kill -s KILL "$_sx_main"
) & );
# What was printed until here was the login's: .bashrc, config.fish, .cshrc.
printf '%s %s\n' "$_sx_token" "$_sx_main";
printf '%s\n' "$_sx_token" >&2;
exec "$@"
