/** Everything that an error may show, to whoever looks hard. */
export function shownBy(error: unknown): string {
  const { stack } = error instanceof Error ? error : {}
  return [String(error), stack, JSON.stringify(error), ...stringsWithin(error)].join('\n')
}

/**
 * All strings that can be reached from a value: what a logger, an error tracker or a debugger could show of it.
 *
 * Own properties whether enumerable or not, prototypes' getters, causes, headers, lists and maps; not the inside of a body.
 */
function stringsWithin(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const entries = value instanceof Headers || value instanceof Map || value instanceof Set ? [...value] : []
  return [...entries, ...membersOf(value)].flatMap((member) => stringsWithin(member, seen))
}

function membersOf(value: object): unknown[] {
  const names = new Set<PropertyKey>()
  for (let from: unknown = value; isObject(from) && from !== Object.prototype; from = Reflect.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) names.add(name)
  }
  return [...names].map((name) => memberOf(value, name))
}

function memberOf(value: object, name: PropertyKey): unknown {
  try {
    return Reflect.get(value, name)
  } catch {
    // A getter that is for other objects.
    return undefined
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
