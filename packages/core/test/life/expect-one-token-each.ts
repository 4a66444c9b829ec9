import { expect } from 'vitest'
import { tokensBy } from '../../src/index.ts'
import { grant, sourceOver } from '../support.ts'

/** Expects that so many tenants have one token each, and that each token costs one token request. */
export async function expectOneTokenEach(count: number): Promise<void> {
  let requests = 0
  const fetch = async () => {
    requests += 1
    return grant(`token-${requests}`)
  }
  const tenants = tokensBy((tenant) => sourceOver({ fetch }, { clientId: tenant }), { maxIdle: count })
  for (let tenant = 0; tenant < count; tenant += 1) await tenants(`tenant-${tenant}`).getToken()
  expect(requests).toBe(count)
  const headers = new Set<string | undefined>()
  for (let tenant = 0; tenant < count; tenant += 1) headers.add(tenants(`tenant-${tenant}`).peek())
  expect(headers.size).toBe(count)
  expect(headers).not.toContain(undefined)
  expect(requests).toBe(count)
}
