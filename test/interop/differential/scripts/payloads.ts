/** Bodies of POST: what a session makes of them, and whether it lives on. */

import { hex } from "../frames.ts";
import { malformed, OCTETS, posted, RS, shown } from "../posted.ts";
import type { Group, Script } from "../step.ts";
import { differs } from "../steps.ts";

const REVISION_4 = [
  "4hello",
  "4",
  "4€😀",
  "4\ufffd",
  `4a${RS}4b${RS}4c`,
  `4a${RS}bAQID${RS}4c`,
  "bAQIDBA==",
  "bAQI",
  "b",
  "b4AQIDBA==",
  "2",
  "2probe",
  "3",
  "3probe",
  "1",
  "0",
  '0{"sid":"mine"}',
  "5",
  "6",
  "6x",
  "6:4hello",
  `4a${RS}1${RS}4b`,
  `4a${RS}2${RS}4b`,
  `3${RS}4a`,
  `4${"a".repeat(10_000)}`,
];

const REVISION_3 = [
  "6:4hello",
  "1:4",
  "2:4€",
  "3:4😀",
  "2:4a2:4b2:4c",
  "2:4a10:b4AQIDBA==2:4c",
  "6:b4AQID",
  "2:b4",
  "1:2",
  "6:2probe",
  "1:3",
  "6:3probe",
  "1:1",
  "1:0",
  "1:5",
  "1:6",
  "01:4",
  "002:4a",
  "2:4a1:12:4b",
  "2:4a1:32:4b",
  `10001:4${"a".repeat(10_000)}`,
];

const BINARY = {
  "a text": "00 06 ff 34 68 65 6c 6c 6f",
  "a text beyond ASCII": "00 04 ff 34 e2 82 ac",
  bytes: "01 05 ff 04 01 02 03 04",
  "bytes of no length": "01 01 ff 04",
  "a text and bytes": "00 02 ff 34 61 01 02 ff 04 01",
  "a base64 text": "00 06 ff 62 34 41 51 49 44",
  "a ping": "00 01 ff 32",
  "a ping as bytes": "01 01 ff 02",
  "a close": "00 01 ff 31",
};

const CONTENT_TYPES = [
  "text/plain;charset=UTF-8",
  "text/plain",
  "application/octet-stream",
  "application/octet-stream; charset=utf-8",
  "Application/Octet-Stream",
  "application/x-www-form-urlencoded",
  "application/json",
  "",
  null,
];

const contentTypes: readonly Script[] = CONTENT_TYPES.flatMap((type) => {
  const headers = { "Content-Type": type };
  const isOctets = type === "application/octet-stream";
  const text = posted(`content type ${JSON.stringify(type)}`, 3, "6:4hello", headers);
  const bytes = posted(
    `octets of content type ${JSON.stringify(type)}`,
    3,
    hex("00 06 ff 34 68 65 6c 6c 6f"),
    headers,
  );
  return [
    posted(`content type ${JSON.stringify(type)}`, 4, "4hello", headers),
    isOctets
      ? differs(text, malformed({ ours: "binary payload must mark each packet as text or binary" }))
      : text,
    isOctets ? bytes : differs(bytes, malformed({ ours: "text is not valid UTF-8" })),
  ];
});

export const PAYLOADS: readonly Group[] = [
  {
    title: "payloads",
    scripts: [
      ...REVISION_4.map((body) => posted(shown(body), 4, body)),
      ...REVISION_3.map((body) => posted(shown(body), 3, body)),
      ...Object.entries(BINARY).map(([title, bytes]) => posted(`octets: ${title}`, 3, hex(bytes), OCTETS)),
      ...contentTypes,
    ],
  },
];
