/** Packets with attachments: as they should be, and with too many, too few, or something in between. */
import type { Group, Message, Script, Way } from "../step.ts";
import { bytes, echo, everyWay, join, leave, open, placeholder, say, script } from "../steps.ts";

const one = placeholder(0);
const [first, second] = [bytes(1, 2, 3), bytes(4, 5)];

const MESSAGES: Readonly<Record<string, readonly Message[]>> = {
  "an attachment": [`51-["x",${one}]`, first],
  "an empty attachment": [`51-["x",${one}]`, bytes()],
  "an attachment to be sent back": [`51-["echo",${one}]`, first],
  "an attachment to be acknowledged": [`51-7["echo",${one}]`, first],
  "an attachment in /known": [`51-/known,7["echo",${one}]`, first],
  "an attachment in /unknown": [`51-/unknown,["x",${one}]`, first],
  "an attachment within": [`51-["x",{"a":[1,{"b":${one}}]}]`, first],
  "two attachments": [`52-["x",${one},${placeholder(1)}]`, first, second],
  "two attachments in the other order": [`52-["x",${placeholder(1)},${one}]`, first, second],
  "two placeholders of one attachment": [`51-["x",${one},${one}]`, first],
  "an attachment without a placeholder": ['51-["x",1]', first],
  "two attachments, of which one has a placeholder": [`52-["x",${placeholder(1)}]`, first, second],
  "more placeholders than attachments": [`51-["x",${one},${placeholder(1)}]`, first],
  "ten attachments": [
    `510-["x",${Array.from({ length: 10 }, (_, index) => placeholder(index)).join(",")}]`,
    ...Array.from({ length: 10 }, (_, index) => bytes(index)),
  ],
  "eleven attachments": ['511-["x"]', ...Array.from({ length: 11 }, (_, index) => bytes(index))],
  "no attachments in a packet that has them": ['50-["x"]'],
  "no attachments announced, and bytes": ['50-["x"]', first],
  "more attachments than announced": [`51-["x",${one}]`, first, second],
  "fewer attachments than announced, then text": [`52-["x",${one},${placeholder(1)}]`, first],
  "text before the attachment": [`51-["x",${one}]`, '2["y"]', first],
  "a CONNECT before the attachment": [`51-["x",${one}]`, "0/late,", first],
  "a DISCONNECT before the attachment": [`51-["x",${one}]`, "1/known,", first],
  "another header before the attachment": [`51-["x",${one}]`, `51-["y",${one}]`, first],
  "bytes that nobody announced": [first],
  "bytes behind an event": ['2["x"]', first],
  "a placeholder in an event without attachments": [`2["x",${one}]`],
  "a placeholder in a text event, sent back": [`27["echo",${one}]`],
  "a placeholder for a name": [`51-[${one}]`, first],
  "a placeholder for all": [`51-${one}`, first],
  "a placeholder in auth": [`0/late,{"a":${one}}`],
  "an acknowledgement with an attachment that nobody waits for": [`61-5[${one}]`, first],
  "an acknowledgement with an attachment and no id": [`61-[${one}]`, first],
  "a placeholder that has more members": ['51-["x",{"_placeholder":true,"num":0,"a":{"b":1}}]', first],
  "placeholders that hold placeholders": [`51-["x",{"_placeholder":true,"num":${one}}]`, first],
  "a placeholder under __proto__": [`51-["x",{"__proto__":${one}}]`, first],
  "an announcement of millions": ['59999999999-["x"]', first],
  "a reserved name with an attachment": [`51-["disconnect",${one}]`, first],
};

const binary = (way: Way): readonly Script[] => [
  ...Object.entries(MESSAGES).map(([title, messages]) =>
    script(title, join(way), say("0/known,"), say(...messages), echo()),
  ),
  script("an attachment in a payload of its own", join(way), say(`51-7["echo",${one}]`), say(first)),
  script("the client leaves before its attachment", join(way), say(`51-["x",${one}]`), leave("close")),
  script("bytes before any CONNECT", open(way), say(first)),
  script("a header before any CONNECT", open(way), say(`51-["x",${one}]`, first)),
];

export const BINARY: readonly Group[] = [{ title: "attachments", scripts: everyWay(binary) }];
