/**
 * Reads a list of challenges, as RFC 9110 §11.6.1 has it: returns each scheme, in lower case, with its parameters, whose
 * names are in lower case too. What does not follow the grammar is ignored. Parameters before the first scheme count as
 * those of `bearer`.
 */
export function readChallenges(text: string): readonly Challenge[] {
  const challenges: Challenge[] = []
  const add = (scheme: string) => {
    const challenge: Challenge = { scheme, parameters: [] }
    challenges.push(challenge)
    return challenge
  }
  let current: Challenge | undefined
  let isAfterScheme = false
  for (const [, word = '', value] of text.matchAll(part)) {
    // A word without a value is a scheme. If it follows a scheme, it is that one's token68.
    const isScheme: boolean = word !== '' && value === undefined && !isAfterScheme
    if (isScheme) current = add(word.toLowerCase())
    else if (value !== undefined) (current ??= add('bearer')).parameters.push([word.toLowerCase(), unquote(value)])
    isAfterScheme = isScheme
  }
  return challenges
}

/** A scheme with its parameters. */
export type Challenge = { readonly scheme: string; readonly parameters: [name: string, value: string][] }

const unquote = (value: string) => (value.startsWith('"') ? value.replaceAll(/^"|"$|\\(.)/g, '$1') : value)

/**
 * A word, such as a scheme, a token68 or the name of a parameter, with the parameter's value; or a comma; or a quoted
 * text on its own. A quoted text can look like the others, so it is read as a whole, even if its end is missing.
 */
const part = /([^\s,="]+)(?:\s*=\s*("(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s,="]+)|=*)|,|"(?:[^"\\]|\\.)*/g
