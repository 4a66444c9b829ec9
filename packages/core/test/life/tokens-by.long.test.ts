import { test } from 'vitest'
import { expectOneTokenEach } from './expect-one-token-each.ts'

test('100,000 tenants have one token each, and each token costs one token request', () => expectOneTokenEach(100_000))
