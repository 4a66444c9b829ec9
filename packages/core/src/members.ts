/**
 * Reads a member of an object, as `object[name]` does, but ignores what `Object.prototype` has: a polluted prototype
 * adds no member. Members of the object's class, and of its parents, count.
 *
 * If `Object.prototype` has no such member, it costs one look-up.
 */
export function memberOf<T extends object, Name extends keyof T>(
  object: T | null | undefined,
  name: Name,
): T[Name] | undefined {
  if (!(name in Object.prototype)) return object?.[name]
  for (let holder = object; holder && holder !== Object.prototype; holder = Object.getPrototypeOf(holder) as T) {
    if (Object.hasOwn(holder, name)) return object?.[name]
  }
  return undefined
}

/** The last copy of each object. For a copy, that is the copy itself. */
const copies = new WeakMap<object, object>()

/**
 * Returns a frozen copy of an object and its lists, so that later changes have no effect. As long as the object does not
 * change, its copy stays the same one, to save memory if there are many tenants.
 *
 * @example
 * ```ts
 * import { copyOf } from '@oauthkit/core/plugin'
 *
 * const provider = { name: 'acme', apis: ['https://api.acme.example'] }
 * const copy = copyOf(provider)
 * provider.apis.push('https://other.example')
 * console.log(copy.apis.length) // 1
 * ```
 */
export function copyOf<T extends object>(original: T): T {
  const known = copies.get(original) as T | undefined
  if (known === original) return known
  const copy = membersOf(original)
  const names = Object.keys(copy) as (keyof T)[]
  if (known && names.length === Object.keys(known).length && names.every((name) => known[name] === copy[name]))
    return known
  copies.set(original, copy).set(copy, copy)
  return Object.freeze(copy)
}

/**
 * Copies an object with its lists, and with the members of its class, but with none of `Object.prototype`. The methods of
 * a class still work on the object itself.
 *
 * @example
 * ```ts
 * import { membersOf } from '@oauthkit/core/plugin'
 *
 * // Even if Object.prototype has a member `scope`, these options have none.
 * console.log(membersOf<{ scope?: string }>({}).scope) // undefined
 * ```
 */
export function membersOf<T extends object>(original: T): T {
  if (Array.isArray(original)) return [...original] as unknown as T
  const copy = Object.create(null) as T
  for (let holder: object = original; holder && holder !== Object.prototype; holder = Object.getPrototypeOf(holder)) {
    for (const name of Object.getOwnPropertyNames(holder) as (keyof T)[]) {
      if (Object.hasOwn(copy, name) || name === 'constructor') continue
      const value: unknown = original[name]
      copy[name] = (
        Array.isArray(value)
          ? copyOf(value)
          : typeof value === 'function' && holder !== original
            ? value.bind(original)
            : value
      ) as T[keyof T]
    }
  }
  return copy
}
