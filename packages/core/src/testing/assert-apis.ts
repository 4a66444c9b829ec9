import { compileApis } from '../request/apis.ts'
import type { TokenSource } from '../token.ts'
import { assert } from './assert.ts'

/** Fails unless the URL prefixes are valid, and the exceptions are within them. */
export function assertApis({
  apis,
  exceptApis = [],
  insecureHosts,
}: Pick<TokenSource, 'apis' | 'exceptApis' | 'insecureHosts'>): void {
  assert(Array.isArray(apis), 'apis must be a list of URL prefixes')
  assert(Array.isArray(exceptApis), 'exceptApis must be a list of URL prefixes')
  compileApis({ apis, exceptApis, insecureHosts })
  const isApi = compileApis({ apis, insecureHosts })
  for (const url of exceptApis) {
    const { href } = new URL(url)
    assert(isApi(href), `exceptApis: ${href} is not within any of the APIs`)
    const isAll = apis.some((prefix) => compileApis({ apis: [url], insecureHosts })(prefix))
    assert(!isAll, `exceptApis: ${href} excludes the whole of an API`)
  }
}
