import type { UserConfig } from 'vitepress'

type Logger = NonNullable<NonNullable<UserConfig['vite']>['customLogger']>

/** Creates a logger that prints everything that Vite and VitePress say, and remembers whether there was a warning. */
export function createStrictLogger(): Logger {
  const warned = new Set<string>()
  const shown = new WeakSet<Error>()
  const logger: Logger = {
    hasWarned: false,
    info: (message) => console.log(message),
    warn(message) {
      logger.hasWarned = true
      console.warn(message)
    },
    warnOnce(message) {
      if (warned.has(message)) return
      warned.add(message)
      logger.warn(message)
    },
    error(message, options) {
      if (options?.error) shown.add(options.error as Error)
      console.error(message)
    },
    clearScreen: () => {},
    hasErrorLogged: (error) => shown.has(error as Error),
  }
  return logger
}
