/** A program with a store. */
import { createCall } from './create-call.ts'

const store = new Map()
const call = createCall(globalThis.settings, store)
globalThis.call = async () => ({ ...(await call()), stored: store.size })
