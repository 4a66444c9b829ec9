// On import, `oidc-provider` warns on every runtime except a Node.js with long-term support. The tests show that it
// works on the others too.
const { warn } = console
console.warn = () => {}
const { errors, Provider } = await import('oidc-provider')
console.warn = warn

type Provider = InstanceType<typeof Provider>

/** `oidc-provider`: a certified server that is not part of this project. */
export { errors, Provider }
