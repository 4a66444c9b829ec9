/** All that needs the OpenID Connect library, which is loaded with the first step of a sign-in. */
export { findAuthorizationServer } from './authorization-server.ts'
export { fetchUserInfo } from './fetch-user-info.ts'
export { finishLogin } from './finish-login.ts'
export { loginError } from './login-error.ts'
export { startLogin } from './start-login.ts'
