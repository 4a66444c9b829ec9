/**
 * Tests for your own stores, providers and token sources, and a token endpoint to test with. They work with any test
 * runner on any runtime.
 *
 * @packageDocumentation
 */
export type { Test } from './test.ts'
export { testProvider, type ProviderSamples, type ProviderTestOptions, type RejectionSample } from './test-provider.ts'
export { testTokenSource } from './test-token-source.ts'
export { testTokenStore, type TokenStoreTestOptions } from './test-token-store.ts'
export {
  createTokenEndpoint,
  type TokenEndpoint,
  type TokenEndpointAnswer,
  type TokenEndpointOptions,
} from './token-endpoint.ts'
