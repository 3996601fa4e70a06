import { constants, type Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";

/** Ends a stream at once, so that the peer sees it was cut: TCP by itself, HTTP/2 with CANCEL (RFC 8441 §5). */
export function cutStream(stream: Duplex): void {
  if (isHttp2(stream)) stream.close(constants.NGHTTP2_CANCEL);
  stream.destroy();
}

const isHttp2 = (stream: Duplex): stream is Duplex & Http2Stream => "rstCode" in stream;
