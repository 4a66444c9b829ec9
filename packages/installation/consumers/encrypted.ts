/** A project that encrypts the tokens in its store. */
import type { TokenStore } from '@oauthkit/core'
import { encrypted, type EncryptionKey } from '@oauthkit/encrypted'

export const store = (keys: readonly EncryptionKey[]): TokenStore => encrypted(new Map(), keys)

// @ts-expect-error -- a number is not a key
encrypted(new Map(), 42)
