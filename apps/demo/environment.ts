/** The environment variables with which a program calls the emulator directly, and not through a proxy. */
export const noProxy = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }

/** The environment variables with the credentials that the emulator accepts. */
export const credentials = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' }
