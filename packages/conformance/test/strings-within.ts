/** Returns everything that an error can show, even to a reader who searches thoroughly. */
export function shownBy(error: unknown): string {
  const { stack } = error instanceof Error ? error : {}
  return [String(error), stack, JSON.stringify(error), ...stringsWithin(error)].join('\n')
}

/**
 * Returns all strings that can be reached from a value. A logger, an error tracker or a debugger could show them.
 *
 * They come from own properties, enumerable or not, and from prototypes' getters, causes, headers, lists and maps. The
 * content of a body is not included.
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
    // The getter works only on other objects.
    return undefined
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
