import { pino, type DestinationStream, type Logger } from 'pino'

/** Creates the log. Each entry is a line of JSON. */
export const createLog = (level: string, destination: DestinationStream = pino.destination({ sync: true })): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    destination,
  )

/** Logs only the name, message and stack of an error, because other properties can hold a request. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: error.message, stack: error.stack }
}
