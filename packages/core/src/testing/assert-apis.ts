import { compileApis } from '../request/apis.ts'
import type { TokenSource } from '../token.ts'
import { assert } from './assert.ts'

/** Fails unless the URL prefixes are such as tokens may be sent to, and the excepted ones lie within the others. */
export function assertApis({ apis, exceptApis = [] }: Pick<TokenSource, 'apis' | 'exceptApis'>): void {
  assert(Array.isArray(apis), 'apis must be a list of URL prefixes')
  assert(Array.isArray(exceptApis), 'exceptApis must be a list of URL prefixes')
  compileApis({ apis, exceptApis })
  const isApi = compileApis({ apis })
  for (const url of exceptApis) {
    const { href } = new URL(url)
    assert(isApi(href), `exceptApis: ${href} does not lie within any of the APIs`)
    const isAll = apis.some((prefix) => compileApis({ apis: [url] })(prefix))
    assert(!isAll, `exceptApis: ${href} leaves nothing of one of the APIs`)
  }
}
