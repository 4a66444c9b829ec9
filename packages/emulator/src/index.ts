/**
 * Emulated OAuth 2.0 providers for tests and demos: Orange, Digitaleo, Bouygues Telecom, and any provider of your own. They
 * behave as their documentation or their data says, and you can script them.
 *
 * @packageDocumentation
 */
export type { BouyguesSettings } from './bouygues/bouygues-settings.ts'
export type { Clock } from './clock.ts'
export { createEmulator, type Emulator, type EmulatorOptions } from './create-emulator.ts'
export type { DigitaleoSettings } from './digitaleo/digitaleo-settings.ts'
export { emulated } from './emulated.ts'
export { emulatedUrl } from './emulated.ts'
export type { Counters, Emulation, EmulationOptions } from './emulation.ts'
export type { Answer, GenericOptions } from './generic/generic-options.ts'
export { type EditIdToken, type IdTokenAttack, idTokenAttacks } from './openid/id-token-attacks.ts'
export { emulatedUser, type Edit, type OpenIdSettings, type User } from './openid/openid-settings.ts'
export type { IdTokenDraft, SignIdToken } from './openid/signing-keys.ts'
export { signIn, type SignInOptions } from './openid/sign-in.ts'
export type { SigningKey, SigningKeys } from './openid/signing-keys.ts'
export type { Scripted, ScriptedResponse } from './scripted.ts'
