import { renew } from '../../../calls.js'

/** A page that is made at its first visit. */
export default async function Page() {
  return <pre>{JSON.stringify(await renew())}</pre>
}
