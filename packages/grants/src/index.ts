/**
 * More grants for oauthkit: token exchange.
 *
 * @packageDocumentation
 */
export { tokenExchange, type TokenExchangeOptions, type TokenType } from './token-exchange.ts'
