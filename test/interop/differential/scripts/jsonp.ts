/** Polling by script tags. */
import type { Group, Script } from "../step.ts";
import { answer, get, openPolling, polling, post, script, serverSends, settle } from "../steps.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

const INDEXES = ["0", "7", "12", "abc", "", "-1", "1.5", "3a4", "0);alert(1", "%E2%80%A8", "1&j=2"];

const SENT: Readonly<Record<string, string | Buffer>> = {
  "a text": "hello",
  quotes: `"'\\`,
  "line ends": "a\nb\rc\r\nd",
  "line ends of scripts": "a\u2028b\u2029c",
  "a closing tag": "</script><!--",
  "beyond ASCII": "€😀",
  "a backslash and an n": "\\n",
  "a lone surrogate": "\ud800",
  "a zero": "a\0b",
  bytes: Buffer.from([1, 2, 3, 4]),
};

/** Fields as a form would write them; the payload is what `{}` stands for. */
const BODIES: Readonly<Record<string, (wire: (message: string) => string) => string>> = {
  "a text": (wire) => `d=${encodeURIComponent(wire("4hello"))}`,
  "a text that is not escaped": (wire) => `d=${wire("4hello")}`,
  "beyond ASCII": (wire) => `d=${encodeURIComponent(wire("4€"))}`,
  "a plus": (wire) => `d=${wire("4a+b").replaceAll(" ", "+")}`,
  "a line feed": (wire) => `d=${encodeURIComponent(wire("4a\nb"))}`,
  "an escaped line feed": (wire) => `d=${encodeURIComponent(wire("4a\nb").replace("\n", "\\n"))}`,
  "a doubled backslash": (wire) => `d=${encodeURIComponent(wire("4a\\nb").replace("\\n", "\\\\n"))}`,
  "three backslashes": (wire) => `d=${encodeURIComponent(wire("4a\\\\nb").replace("\\\\n", "\\\\\\n"))}`,
  "a carriage return": (wire) => `d=${encodeURIComponent(wire("4a\r\nb"))}`,
  "another field before it": (wire) => `x=1&d=${encodeURIComponent(wire("4a"))}`,
  "another field behind it": (wire) => `d=${encodeURIComponent(wire("4a"))}&x=1`,
  "the field twice": (wire) => `d=${encodeURIComponent(wire("4a"))}&d=${encodeURIComponent(wire("4b"))}`,
  "no field": () => "x=1",
  "an empty field": () => "d=",
  "a field without a value": () => "d",
  "nothing at all": () => "",
  "the payload without a field": (wire) => wire("4a"),
  "a malformed payload": () => "d=x",
  "a faulty escape": () => "d=%zz",
};

const CONTENT_TYPES = ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded; charset=UTF-8", null];

const jsonp = (revision: number): string => `${polling(revision)}&j=0`;

const rows = (revision: number): readonly Script[] => {
  const wire = (message: string) => (revision === 4 ? message : `${message.length}:${message}`);
  return [
    ...INDEXES.map((index) =>
      script(
        `a handshake with j=${index}, revision ${revision}`,
        get("a", `EIO=${revision}&transport=polling&j=${index}`),
        answer("a"),
      ),
    ),
    ...Object.entries(SENT).map(([title, data]) =>
      script(
        `the server sends ${title}, revision ${revision}`,
        openPolling(revision, "&j=0"),
        serverSends(data),
        get("poll", jsonp(revision)),
        answer("poll"),
      ),
    ),
    script(
      `several messages, revision ${revision}`,
      openPolling(revision, "&j=0"),
      ["a", "b", Buffer.from([1])].map(serverSends),
      get("poll", jsonp(revision)),
      answer("poll"),
    ),
    ...Object.entries(BODIES).map(([title, body]) =>
      script(
        `the client posts ${title}, revision ${revision}`,
        openPolling(revision, "&j=0"),
        post("post", jsonp(revision), body(wire), FORM),
        answer("post"),
        get("poll", jsonp(revision)),
        settle,
      ),
    ),
    ...CONTENT_TYPES.map((type) =>
      script(
        `a form of content type ${type}, revision ${revision}`,
        openPolling(revision, "&j=0"),
        post("post", jsonp(revision), `d=${encodeURIComponent(wire("4a"))}`, { "Content-Type": type }),
        answer("post"),
        settle,
      ),
    ),
    script(
      `octets, revision ${revision}`,
      openPolling(revision, "&j=0"),
      post("post", jsonp(revision), "d=4a", { "Content-Type": "application/octet-stream" }),
      answer("post"),
      settle,
    ),
    script(
      `another index in the poll than in the handshake, revision ${revision}`,
      openPolling(revision, "&j=0"),
      serverSends("a"),
      get("poll", `${polling(revision)}&j=5`),
      answer("poll"),
    ),
    script(
      `no index in the poll, revision ${revision}`,
      openPolling(revision, "&j=0"),
      serverSends("a"),
      get("poll", polling(revision)),
      answer("poll"),
    ),
    script(
      `with b64, revision ${revision}`,
      openPolling(revision, "&j=0&b64=1"),
      serverSends(Buffer.from([1, 2])),
      get("poll", `${jsonp(revision)}&b64=1`),
      answer("poll"),
    ),
  ];
};

const inPollAlone = (revision: number): readonly Script[] => [
  script(
    `an index in the poll alone, revision ${revision}`,
    openPolling(revision),
    serverSends("a"),
    get("poll", jsonp(revision)),
    answer("poll"),
  ),
];

const SCRIPTS_ARE_SCRIPTS = {
  because: "a page that trusts content types runs no script that is plain text",
  reference: "content-type: text/plain; charset=UTF-8",
  ours: "content-type: text/javascript; charset=UTF-8",
};

export const JSONP: readonly Group[] = [
  { title: "JSONP", everywhere: SCRIPTS_ARE_SCRIPTS, scripts: [...rows(4), ...rows(3)] },
  { title: "JSONP in the poll alone", scripts: [...inPollAlone(4), ...inPollAlone(3)] },
];
