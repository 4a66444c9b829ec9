/**
 * Reads a member of an object, as `object[name]` does, but ignores what `Object.prototype` has: a polluted prototype
 * plants nothing. Members of the object's class, and of its parents, count.
 *
 * If nothing is planted under that name, it costs one look-up.
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
