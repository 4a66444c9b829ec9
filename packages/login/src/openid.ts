/** The functions that need the OpenID Connect library. The first step of a sign-in loads them. */
export { discoverServer, isComplete, toConfirm, type Discovered } from './authorization-server.ts'
export { checkConfirmed } from './foreign-endpoints.ts'
export { fetchUserInfo } from './fetch-user-info.ts'
export { finishLogin } from './finish-login.ts'
export { loginError } from './login-error.ts'
export { startLogin } from './start-login.ts'
