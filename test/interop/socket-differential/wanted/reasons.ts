/** Why ours is meant to differ from `socket.io` 4.8.4. */
export const AT_ONCE =
  "a packet is worked off at once, and not a tick later: what stands behind it in the same segment finds it done";
export const REFUSED =
  "what is under way to a namespace that has refused or ended the client changes nothing";
export const EARLY =
  "what comes while a middleware still looks at its socket is heard by nobody, and ends nothing";
export const NOT_IN =
  "an acknowledgement for a namespace that the client is not in, or no longer, changes nothing";
export const TEXT = "clients of revision 4 are told of an unknown namespace as of a refusal, by a text";
export const URL =
  "in revision 4 as well a namespace is called what it is called, and not what a URL makes of it";
export const TWICE = "who asks twice before there is an answer gets one: nobody joins twice";
export const QUERY =
  "the query is in `handshake.query` as well, where servers of the time of revision 4 had it";
export const CONNECT_ID = "a CONNECT has no id";
export const ACK_ID = "an acknowledgement without an id is malformed";
export const VOLATILE =
  "what is volatile is lost to a client that does not keep up, and not to one that was told something a moment ago";
export const GONE = "nothing is sent to a socket that has been ended";
export const ENDED = "a socket that has been ended hears nothing more";
export const ONCE = "of what a middleware says the first word counts";
export const RECOVER_NONE = "a client can come back that has heard nothing yet";
export const RECOVER_LIVE =
  "of two who claim to be one the earlier is ended: there are never two sockets of one id";
export const RECOVER_ORDER =
  "a client is told that it is back before it is told what it has missed: cut off in between, it would hear that twice";
export const BEHIND = "nothing stands behind a DISCONNECT";
export const COUNT = "a number of attachments is made of digits";
export const ID = "an id is made of digits, and at most 2^53 - 1";
export const BLANK = "a blank is no id: the client asks for no acknowledgement";
export const NAME = "an event has a name";
export const BOM = "a byte order mark is not JSON";
export const PLACEHOLDER = "a placeholder stands for an attachment that is there";
export const FIRST = "a packet that is malformed is not taken for a CONNECT too many";
