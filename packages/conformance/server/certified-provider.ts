// On import it warns of every runtime but a Node.js with long-term support. That it works there is what the tests show.
const { warn } = console
console.warn = () => {}
const { errors, Provider } = await import('oidc-provider')
console.warn = warn

type Provider = InstanceType<typeof Provider>

/** `oidc-provider`: a certified server that nobody here wrote. */
export { errors, Provider }
