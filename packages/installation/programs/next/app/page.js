import { renew } from '../calls.js'

/** A page that is made during the build. */
export default async function Page() {
  return <pre>{JSON.stringify(await renew())}</pre>
}
