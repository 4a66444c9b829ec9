import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import type { SigningAlgorithm } from '../src/index.ts'

/** A key pair in each form that the option `key` accepts, and its public key. */
export type Keys = {
  readonly publicKey: CryptoKey
  readonly cryptoKey: CryptoKey
  readonly pem: string
  readonly publicPem: string
  readonly jwk: JWK
}

/** Makes a key pair. */
export async function makeKeys(algorithm: SigningAlgorithm): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const [pem, publicPem, jwk] = await Promise.all([
    exportPKCS8(privateKey),
    exportSPKI(publicKey),
    exportJWK(privateKey),
  ])
  return { publicKey, cryptoKey: privateKey, pem, publicPem, jwk }
}

/** Makes an RSA key of 1024 bits, which is no longer safe. */
export async function makeShortPem(): Promise<string> {
  const publicExponent = new Uint8Array([1, 0, 1])
  const options = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent }
  const { privateKey } = await crypto.subtle.generateKey(options, true, ['sign', 'verify'])
  return exportPKCS8(privateKey)
}
