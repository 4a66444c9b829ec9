import { headers } from 'next/headers'
import { auth, describeVisit } from '../../auth.ts'

export default async function Page() {
  return (
    <>
      <p>{await describeVisit({ headers: await headers() })}</p>
      <a href={`${auth.paths.login}?returnTo=/profile`}>Sign in</a>
      <form method="post" action={auth.paths.logout}>
        <button>Sign out</button>
      </form>
    </>
  )
}
