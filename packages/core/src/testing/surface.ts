import { checkResources, isResource } from '../request/resources.ts'
import type { TokenSource } from '../token.ts'
import { assert } from './assert.ts'

/** Fails unless the URL prefixes are such as tokens may be sent to, and the excepted ones lie within the others. */
export function assertSurface({
  resources,
  exceptResources = [],
}: Pick<TokenSource, 'resources' | 'exceptResources'>): void {
  assert(Array.isArray(resources), 'resources must be a list of URL prefixes')
  assert(Array.isArray(exceptResources), 'exceptResources must be a list of URL prefixes')
  checkResources({ resources, exceptResources })
  for (const url of exceptResources) {
    const { href } = new URL(url)
    assert(isResource(href, { resources }), `exceptResources: ${href} does not lie within any of the resources`)
    const isAll = resources.some((prefix) => isResource(prefix, { resources: [url] }))
    assert(!isAll, `exceptResources: ${href} leaves nothing of one of the resources`)
  }
}
