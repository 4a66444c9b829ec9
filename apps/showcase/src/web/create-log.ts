import { pino, type DestinationStream, type Logger } from 'pino'

/** Makes the log: a line of JSON for each entry. */
export const createLog = (level: string, destination: DestinationStream = pino.destination({ sync: true })): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    destination,
  )

/** Not the properties of an error, among which others may put requests: its name, message and stack only. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: error.message, stack: error.stack }
}
