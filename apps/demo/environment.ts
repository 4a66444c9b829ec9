/** Whatever proxy is set up, the emulator is not behind it. */
export const noProxy = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }

/** What programs that call the emulator find in their environment. */
export const credentials = { ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' }
