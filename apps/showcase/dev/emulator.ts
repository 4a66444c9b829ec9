// Emulates the providers in a process of its own, which several processes of the app can share.
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'

const { url } = await serve(createEmulator(), { port: 4010 })
console.log(`Emulating the providers. Start the app with:

EMULATOR_URL=${url} pnpm start`)
