// client: what a client counts of itself. Plain numbers that are moved where things happen.

/** Totals since the client was made. */
export class ClientCounters {
  /** Requests written to a socket, pings and what re-arms watches not counted. */
  requestsSent = 0
  repliesReceived = 0
  /** Events of watches, before they are handed out. */
  eventsReceived = 0
  bytesSent = 0
  bytesReceived = 0
  /** Attempts to connect. */
  dials = 0
  sessionsOpened = 0
  /** Reconnects that took the session up again. */
  sessionsResumed = 0
  sessionsExpired = 0
  /** Deadlines that passed without an acknowledgement. */
  deadlinesPassed = 0
  /** Writes that rejected with `ERR_UNKNOWN_OUTCOME`. */
  unknownOutcomes = 0
  /** Times that this process did not run for so long that the session's deadline was in danger: longer than a tenth of its timeout. */
  stalls = 0
  longestStallMs = 0
}
