/** A project that encrypts what it stores. */
import type { TokenStore } from '@oauthkit/core'
import { encrypted, type EncryptionKey } from '@oauthkit/encrypted'

export const store = (keys: readonly EncryptionKey[]): TokenStore => encrypted(new Map(), keys)

// @ts-expect-error -- a number is no key
encrypted(new Map(), 42)
