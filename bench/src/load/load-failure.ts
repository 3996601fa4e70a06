/** The server under test dropped, changed or refused something. It gets no figure; the message says why. */
export class LoadFailure extends Error {
  override readonly name = "LoadFailure";
}

/** The server closed a connection, without any error: a failure, unless it was to do so. */
export class ConnectionEnd extends LoadFailure {}
