// The providers, emulated in a process of their own: for several processes of the app to share.
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'

const { url } = await serve(createEmulator(), { port: 4010 })
console.log(`Emulating the providers. Start the app with:

EMULATOR_URL=${url} pnpm start`)
