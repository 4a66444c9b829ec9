// Orange, emulated on this machine: what to try the app with when there are no credentials at hand.
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'

const { url } = await serve(createEmulator(), { port: 4010 })
console.log(`Emulating Orange. Start the app with:

ORANGE_URL=${url}/api.orange.com ORANGE_CLIENT_ID=emulated-client ORANGE_CLIENT_SECRET=emulated-secret pnpm start`)
